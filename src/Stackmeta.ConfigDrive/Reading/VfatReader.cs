using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Stackmeta.ConfigDrive;

/// <summary>Reads FAT volumes of any maker.</summary>
sealed class VfatReader
{
    const byte Deleted = 0xe5;
    const byte End = 0;

    // Stands for 0xe5 as the first letter of a name, which would mean "deleted".
    const byte LetterE5 = 5;

    // Byte 12, by Windows NT: the stem or the extension of an 8.3 name is meant in lower case.
    const byte LowerStem = 0x08;
    const byte LowerExtension = 0x10;

    readonly ImageSource _source;
    readonly VfatVolume _volume;
    readonly VfatChains _chains;
    readonly ImageTree _tree = new();
    readonly Queue<(string Path, ImmutableArray<ImageExtent> Extents)> _waiting = new();
    string? _label;

    VfatReader(ImageSource source)
    {
        _source = source;
        _volume = VfatVolume.Parse(source);
        _chains = new(source, _volume);
    }

    public static DriveImage Read(ImageSource source)
    {
        var reader = new VfatReader(source);
        reader.ReadTree();
        return new(
            source,
            DriveFormat.Vfat,
            $"FAT{reader._volume.Bits}",
            reader._label ?? reader.BootLabel(),
            reader._tree.Sorted()
        );
    }

    void ReadTree()
    {
        var root = _volume.Bits == 32 ? _chains.Follow(_volume.RootCluster, null, "") : [_volume.Root];
        _waiting.Enqueue(("", root));
        while (_waiting.TryDequeue(out var folder))
        {
            ReadFolder(folder.Path, folder.Extents);
        }
    }

    void ReadFolder(string folder, ImmutableArray<ImageExtent> extents)
    {
        var block = new byte[VfatGeometry.SectorSize];
        var longName = new VfatLongName();
        foreach (var extent in extents)
        {
            for (long done = 0; done < extent.Length; done += block.Length)
            {
                var size = (int)Math.Min(block.Length, extent.Length - done);
                _source.Read(extent.Offset + done, block.AsSpan(0, size), $"the folder '{folder}'");
                for (var at = 0; at + VfatGeometry.EntrySize <= size; at += VfatGeometry.EntrySize)
                {
                    if (block[at] == End)
                    {
                        return;
                    }
                    Take(folder, block.AsSpan(at, VfatGeometry.EntrySize), longName);
                }
            }
        }
    }

    void Take(string folder, ReadOnlySpan<byte> entry, VfatLongName longName)
    {
        var attributes = entry[11];
        if (entry[0] == Deleted)
        {
            longName.Forget();
        }
        else if ((attributes & 0x3f) == VfatEntries.IsLongName)
        {
            longName.Take(entry);
        }
        else if ((attributes & VfatEntries.IsLabel) != 0)
        {
            _label ??= folder.Length == 0 ? VfatCodePage.Decode(entry[..11]).TrimEnd() : null;
            longName.Forget();
        }
        else
        {
            var name = longName.For(entry) ?? ShortName(entry);
            longName.Forget();
            if (name is not ("." or ".."))
            {
                Add(ImageTree.Join(folder, name), entry, (attributes & VfatEntries.IsDirectory) != 0);
            }
        }
    }

    void Add(string path, ReadOnlySpan<byte> entry, bool isFolder)
    {
        uint cluster = BinaryPrimitives.ReadUInt16LittleEndian(entry[26..]);
        if (_volume.Bits == 32)
        {
            cluster |= (uint)BinaryPrimitives.ReadUInt16LittleEndian(entry[20..]) << 16;
        }
        long length = isFolder ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(entry[28..]);
        var extents = _chains.Follow(cluster, isFolder ? null : length, path);
        _tree.Add(
            new(path, isFolder ? DriveEntryKind.Folder : DriveEntryKind.File, length)
            {
                Extents = isFolder ? [] : extents,
                Modified = Time(
                    BinaryPrimitives.ReadUInt16LittleEndian(entry[24..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(entry[22..])
                ),
            }
        );
        if (isFolder)
        {
            _waiting.Enqueue((path, extents));
        }
    }

    static string ShortName(ReadOnlySpan<byte> entry)
    {
        Span<byte> bytes = stackalloc byte[11];
        entry[..11].CopyTo(bytes);
        bytes[0] = bytes[0] == LetterE5 ? Deleted : bytes[0];
        var stem = VfatCodePage.Decode(bytes[..8]).TrimEnd(' ');
        var extension = VfatCodePage.Decode(bytes[8..]).TrimEnd(' ');
        stem = (entry[12] & LowerStem) != 0 ? stem.ToLowerInvariant() : stem;
        extension = (entry[12] & LowerExtension) != 0 ? extension.ToLowerInvariant() : extension;
        return extension.Length > 0 ? $"{stem}.{extension}" : stem;
    }

    static DateTimeOffset? Time(int date, int time)
    {
        var (year, month, day) = (1980 + (date >> 9), (date >> 5) & 15, date & 31);
        var (hour, minute, second) = (time >> 11, (time >> 5) & 63, (time & 31) * 2);
        return
            month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59
            ? null
            : new(year, month, day, hour, minute, second, TimeSpan.Zero);
    }

    string BootLabel()
    {
        Span<byte> boot = stackalloc byte[VfatGeometry.SectorSize];
        _source.Read(0, boot, "the boot sector");
        var (signature, label) = _volume.Bits == 32 ? (66, 71) : (38, 43);
        return boot[signature] == 0x29 ? VfatCodePage.Decode(boot.Slice(label, 11)).TrimEnd() : "";
    }
}
