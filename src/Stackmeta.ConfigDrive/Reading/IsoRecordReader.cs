using System.Collections.Immutable;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>Reads the records of directories in one of the three ways of naming.</summary>
abstract class IsoRecordReader(ImageSource source, string name)
{
    // Files of 4 GiB and more come in pieces of nearly that size.
    const int MostPieces = 256;

    /// <summary>
    /// Whether a folder was found at another place than its own, so that the place it was moved to is no folder of its own.
    /// </summary>
    public bool FollowedMove { get; private set; }

    /// <summary>As in <see cref="DriveImage.Variant"/>.</summary>
    public string Name => name;

    public static IsoRecordReader PlainOf(ImageSource source) => new Plain(source);

    public static IsoRecordReader JolietOf(ImageSource source) => new Joliet(source);

    /// <summary>Null if the root does not announce Rock Ridge (SUSP 5.3).</summary>
    public static IsoRecordReader? RockRidgeOf(ImageSource source, IsoRecord root)
    {
        var sector = new byte[IsoSector.Size];
        source.Read(root.Sector * (long)IsoSector.Size, sector, "the root directory");
        if (sector[0] == 0)
        {
            return null;
        }
        var use = IsoRecord.Parse(sector.AsSpan(0, sector[0])).SystemUse;
        return use.Length >= 7 && use[..2].SequenceEqual("SP"u8) && use[4] == 0xbe && use[5] == 0xef
            ? new RockRidgeRecords(source, use[6])
            : null;
    }

    /// <summary>The entries of one directory but itself and its parent.</summary>
    /// <exception cref="DriveException">Something is broken or outside the image.</exception>
    public IEnumerable<IsoNamedRecord> Read(string folder, uint sector, uint length)
    {
        var start = sector * (long)IsoSector.Size;
        source.Require(start, length, $"the folder '{folder}'");
        var block = new byte[IsoSector.Size];
        // Pieces of a file that has more than one record.
        var pieces = ImmutableArray.CreateBuilder<ImageExtent>();
        for (long done = 0; done < length; done += IsoSector.Size)
        {
            var size = (int)Math.Min(IsoSector.Size, length - done);
            source.Read(start + done, block.AsSpan(0, size), $"the folder '{folder}'");
            // A zero length says that the rest of the sector is empty.
            for (var at = 0; at < size && block[at] != 0; at += block[at])
            {
                if (at + block[at] > size)
                {
                    throw ImageTree.Corrupt($"a record of the folder '{folder}' crosses its sector");
                }
                if (Take(block.AsSpan(at, block[at]), pieces) is { } entry)
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>The name and kind of a record; null if it is to be left out.</summary>
    protected abstract IsoNamedRecord? Describe(in IsoRecord record);

    /// <summary>The first record of a moved directory, which is about the directory itself.</summary>
    protected IsoRecord SelfAt(string folderName, uint sector)
    {
        var block = new byte[IsoSector.Size];
        source.Read(sector * (long)IsoSector.Size, block, $"the folder '{folderName}'");
        FollowedMove = true;
        return IsoRecord.Parse(block.AsSpan(0, block[0]));
    }

    protected RockRidgeEntries Entries(ReadOnlySpan<byte> systemUse) => RockRidgeEntries.Parse(source, systemUse);

    IsoNamedRecord? Take(ReadOnlySpan<byte> bytes, ImmutableArray<ImageExtent>.Builder pieces)
    {
        var record = IsoRecord.Parse(bytes);
        if (record.IsSelf || record.IsParent || record.IsAssociated)
        {
            return null;
        }
        if (record.IsInterleaved)
        {
            throw ImageTree.Unsupported("interleaved files");
        }
        if (!record.IsFolder)
        {
            if (pieces.Count == MostPieces)
            {
                throw ImageTree.Unsupported($"a file in more than {MostPieces} pieces");
            }
            pieces.Add(new(record.Length == 0 ? 0 : record.Sector * (long)IsoSector.Size, record.Length));
            if (record.HasMoreExtents)
            {
                return null;
            }
        }
        var extents = pieces.DrainToImmutable();
        return Describe(record) is { } described ? Completed(described, record, extents) : null;
    }

    static IsoNamedRecord Completed(IsoNamedRecord described, in IsoRecord record, ImmutableArray<ImageExtent> extents)
    {
        // A moved folder has been found elsewhere already.
        var found = described.Kind is DriveEntryKind.Folder && described.Sector != 0;
        return described with
        {
            Sector = found ? described.Sector : record.Sector,
            Length = found ? described.Length : record.Length,
            Extents = extents,
            Modified = record.Modified,
        };
    }

    static DriveEntryKind KindOf(in IsoRecord record) => record.IsFolder ? DriveEntryKind.Folder : DriveEntryKind.File;

    static string WithoutVersion(string name)
    {
        var version = name.LastIndexOf(';');
        return version > 0 ? name[..version] : name;
    }

    sealed class Plain(ImageSource source) : IsoRecordReader(source, "plain")
    {
        protected override IsoNamedRecord? Describe(in IsoRecord record) => new(PlainName(record), KindOf(record));
    }

    sealed class Joliet(ImageSource source) : IsoRecordReader(source, "Joliet")
    {
        protected override IsoNamedRecord? Describe(in IsoRecord record) =>
            new(WithoutVersion(Encoding.BigEndianUnicode.GetString(record.Identifier)), KindOf(record));
    }

    sealed class RockRidgeRecords(ImageSource source, byte skipped) : IsoRecordReader(source, "Rock Ridge")
    {
        protected override IsoNamedRecord? Describe(in IsoRecord record)
        {
            var entries = EntriesOf(record);
            if (entries.IsMovedHere)
            {
                return null;
            }
            var name = entries.Name ?? PlainName(record);
            if (entries.MovedTo is { } sector)
            {
                var self = SelfAt(name, sector);
                return new(name, DriveEntryKind.Folder)
                {
                    Sector = sector,
                    Length = self.Length,
                    Mode = EntriesOf(self).Mode,
                };
            }
            return new(name, record.IsFolder ? DriveEntryKind.Folder : FileKind(entries)) { Mode = entries.Mode };
        }

        RockRidgeEntries EntriesOf(in IsoRecord record)
        {
            var use = record.SystemUse;
            return Entries(use.Length > skipped ? use[skipped..] : []);
        }

        // The record itself says whether it is a folder; Rock Ridge tells files from links and devices.
        static DriveEntryKind FileKind(RockRidgeEntries entries) =>
            entries.Kind is DriveEntryKind.Other ? DriveEntryKind.Other : DriveEntryKind.File;
    }

    // Files without an extension end in a dot.
    static string PlainName(in IsoRecord record)
    {
        var name = WithoutVersion(Encoding.Latin1.GetString(record.Identifier));
        return record.IsFolder || name.Length == 1 ? name
            : name.EndsWith('.') ? name[..^1]
            : name;
    }
}
