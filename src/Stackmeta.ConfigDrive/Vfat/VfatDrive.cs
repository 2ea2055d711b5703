using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>A FAT16 drive of 64 MiB with long names, in the shape of <see cref="VfatGeometry"/>.</summary>
sealed class VfatDrive : Drive
{
    readonly VfatDirectory _root;

    // In the order of their clusters: first all directories but the root, then all files that are not empty.
    readonly List<VfatDirectory> _directories = [];
    readonly List<VfatChild> _files = [];
    readonly VfatAllocation _allocation = new();

    VfatDrive(VfatDirectory root, DriveOptions options)
        : base(options) => _root = root;

    public override long Length => VfatGeometry.Length;

    /// <returns>Null if something does not fit, with the reason in <paramref name="problems"/>.</returns>
    public static VfatDrive? Lay(VolumeTree tree, DriveOptions options, List<DriveProblem> problems)
    {
        var drive = new VfatDrive(new VfatDirectory(tree.Root, null), options);
        if (drive.PlaceAll() is { } problem)
        {
            problems.Add(problem);
            return null;
        }
        return drive;
    }

    DriveProblem? PlaceAll()
    {
        if (_root.Entries > VfatGeometry.RootEntries)
        {
            var detail = $"{_root.Entries} directory entries, vfat's root has {VfatGeometry.RootEntries}";
            return new(DriveRefusal.FolderTooLarge, null, detail);
        }
        Collect(_root);
        foreach (var directory in _directories)
        {
            if (directory.Length > VfatGeometry.LargestDirectory)
            {
                var detail = $"{directory.Entries} directory entries, vfat has at most 65536";
                return new(DriveRefusal.FolderTooLarge, directory.Path, detail);
            }
            if (_allocation.Take(directory.Length) is not { } cluster)
            {
                return Full();
            }
            directory.Cluster = cluster;
        }
        foreach (var file in _files)
        {
            if (_allocation.Take(((VolumeLeaf)file.Node).Content.Length) is not { } cluster)
            {
                return Full();
            }
            file.Cluster = cluster;
        }
        return null;
    }

    void Collect(VfatDirectory directory)
    {
        foreach (var child in directory.Children)
        {
            if (child.Directory is { } sub)
            {
                _directories.Add(sub);
                Collect(sub);
            }
            else if (((VolumeLeaf)child.Node).Content.Length > 0)
            {
                _files.Add(child);
            }
        }
    }

    DriveProblem Full()
    {
        var needed =
            _directories.Sum(directory => (long)VfatGeometry.ClustersOf(directory.Length))
            + _files.Sum(file => (long)VfatGeometry.ClustersOf(((VolumeLeaf)file.Node).Content.Length));
        var detail =
            $"{needed} clusters of {VfatGeometry.ClusterSize} bytes are needed, a vfat drive of 64 MiB has {VfatGeometry.Clusters}";
        return new(DriveRefusal.VolumeTooLarge, null, detail);
    }

    private protected override async Task WriteAsync(VolumeWriter writer, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(VfatBootSector.Render(Options.Label, Serial()), cancellationToken);
        await writer.ZerosToAsync(VfatGeometry.ReservedSectors * VfatGeometry.SectorSize, cancellationToken);
        var table = _allocation.Render();
        for (var i = 1; i <= VfatGeometry.Fats; i++)
        {
            await writer.WriteAsync(table, cancellationToken);
            var end = VfatGeometry.ReservedSectors + i * VfatGeometry.FatSectors;
            await writer.ZerosToAsync(end * VfatGeometry.SectorSize, cancellationToken);
        }
        await writer.WriteAsync(Rendered(_root), cancellationToken);
        await writer.ZerosToAsync(VfatGeometry.DataSector * VfatGeometry.SectorSize, cancellationToken);
        foreach (var directory in _directories)
        {
            await writer.WriteAsync(Rendered(directory), cancellationToken);
            await FillClusterAsync(writer, cancellationToken);
        }
        foreach (var file in _files)
        {
            await ((VolumeLeaf)file.Node).Content.WriteAsync(writer, file.Node.Path, cancellationToken);
            await FillClusterAsync(writer, cancellationToken);
        }
        await writer.ZerosToAsync(Length, cancellationToken);
    }

    byte[] Rendered(VfatDirectory directory)
    {
        var bytes = new byte[directory.Length];
        directory.Render(bytes, Options.Label, VfatTime.Of(Options.Time));
        return bytes;
    }

    // The data area begins at a multiple of 512 bytes, not of a cluster.
    static ValueTask FillClusterAsync(VolumeWriter writer, CancellationToken cancellationToken)
    {
        const long Start = VfatGeometry.DataSector * VfatGeometry.SectorSize;
        var clusters = VfatGeometry.ClustersOf(writer.Position - Start);
        return writer.ZerosToAsync(Start + (long)clusters * VfatGeometry.ClusterSize, cancellationToken);
    }

    /// <summary>The volume's serial number: mkfs.vfat takes the clock, but equal input has to give equal bytes.</summary>
    uint Serial()
    {
        var text = new StringBuilder();
        text.Append(Options.Label).Append('\n').Append(Options.Time.ToUnixTimeSeconds()).Append('\n');
        foreach (var file in _files)
        {
            text.Append(file.Node.Path).Append('\n').Append(((VolumeLeaf)file.Node).Content.Length).Append('\n');
        }
        return BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
