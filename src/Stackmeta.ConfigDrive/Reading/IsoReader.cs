using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>Reads ISO 9660 images of any maker, by the better of the trees that are there.</summary>
sealed class IsoReader
{
    const int FirstDescriptor = 16;

    // ECMA-119 sets no number; real images have three or four.
    const int MostDescriptors = 64;

    readonly ImageSource _source;
    readonly ImageTree _tree = new();
    readonly IsoRecordReader _records;

    // A folder that is met twice is a loop or a hard-linked folder; neither is a tree.
    readonly HashSet<uint> _visited = [];

    IsoReader(ImageSource source, IsoRecordReader records)
    {
        _source = source;
        _records = records;
    }

    public static bool Recognises(ImageSource source)
    {
        Span<byte> start = stackalloc byte[6];
        if (source.Length < (FirstDescriptor + 1) * IsoSector.Size)
        {
            return false;
        }
        source.Read(FirstDescriptor * IsoSector.Size, start, "the first volume descriptor");
        return start[1..].SequenceEqual("CD001"u8);
    }

    public static DriveImage Read(ImageSource source, IsoNaming naming)
    {
        var (primary, joliet) = Descriptors(source);
        var rockRidge = IsoRecordReader.RockRidgeOf(source, Root(primary));
        var (descriptor, records) = naming switch
        {
            IsoNaming.RockRidge or IsoNaming.Best when rockRidge is not null => (primary, rockRidge),
            IsoNaming.Joliet or IsoNaming.Best when joliet is not null => (joliet, IsoRecordReader.JolietOf(source)),
            IsoNaming.Plain or IsoNaming.Best => (primary, IsoRecordReader.PlainOf(source)),
            _ => throw ImageTree.Unsupported($"it has no {naming} names"),
        };
        var reader = new IsoReader(source, records);
        reader.ReadTree(Root(descriptor));
        return new(source, DriveFormat.Iso9660, records.Name, Text(primary, 40, 32), reader._tree.Sorted())
        {
            Publisher = Text(primary, 318, 128),
        };
    }

    static (byte[] Primary, byte[]? Joliet) Descriptors(ImageSource source)
    {
        byte[]? primary = null;
        byte[]? joliet = null;
        for (var i = 0; i < MostDescriptors; i++)
        {
            var sector = new byte[IsoSector.Size];
            source.Read((FirstDescriptor + i) * (long)IsoSector.Size, sector, "a volume descriptor");
            if (!sector.AsSpan(1, 5).SequenceEqual("CD001"u8))
            {
                throw ImageTree.Corrupt("the volume descriptors do not end");
            }
            switch (sector[0])
            {
                case 1:
                    primary ??= sector;
                    break;
                case 2 when sector[88] == '%' && sector[89] == '/' && sector[90] is (byte)'@' or (byte)'C' or (byte)'E':
                    joliet ??= sector;
                    break;
                case 255:
                    if (primary is null)
                    {
                        throw ImageTree.Corrupt("there is no primary volume descriptor");
                    }
                    return (primary, joliet);
            }
        }
        throw ImageTree.Corrupt("the volume descriptors do not end");
    }

    static IsoRecord Root(byte[] descriptor)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(128)) != IsoSector.Size)
        {
            throw ImageTree.Unsupported("its blocks are not of 2048 bytes");
        }
        return IsoRecord.Parse(descriptor.AsSpan(156, 34)) is { IsFolder: true } root
            ? root
            : throw ImageTree.Corrupt("the root directory's record is broken");
    }

    static string Text(byte[] descriptor, int offset, int length) =>
        Encoding.Latin1.GetString(descriptor, offset, length).TrimEnd(' ', '\0');

    void ReadTree(IsoRecord root)
    {
        var waiting = new Queue<(string Path, uint Sector, uint Length)>();
        waiting.Enqueue(("", root.Sector, root.Length));
        while (waiting.TryDequeue(out var folder))
        {
            if (!_visited.Add(folder.Sector))
            {
                throw ImageTree.Corrupt($"the folder '{folder.Path}' stands in the tree twice");
            }
            foreach (var named in _records.Read(folder.Path, folder.Sector, folder.Length))
            {
                var path = ImageTree.Join(folder.Path, named.Name);
                _tree.Add(Entry(path, named));
                if (named.Kind is DriveEntryKind.Folder)
                {
                    waiting.Enqueue((path, named.Sector, named.Length));
                }
            }
        }
        if (_records.FollowedMove)
        {
            // Where genisoimage moves deep folders to; empty now.
            _tree.RemoveEmptyFolder("rr_moved");
            _tree.RemoveEmptyFolder(".rr_moved");
        }
    }

    DriveEntry Entry(string path, IsoNamedRecord named)
    {
        ImmutableArray<ImageExtent> extents = named.Kind is DriveEntryKind.File ? named.Extents : [];
        foreach (var extent in extents)
        {
            _source.Require(extent.Offset, extent.Length, $"'{path}'");
        }
        return new(path, named.Kind, extents.Sum(extent => extent.Length))
        {
            Extents = extents,
            Mode = named.Mode,
            Modified = named.Modified,
        };
    }
}
