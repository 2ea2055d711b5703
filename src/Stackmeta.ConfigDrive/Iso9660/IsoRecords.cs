namespace Stackmeta.ConfigDrive;

/// <summary>
/// Lays out and renders the records of one directory (ECMA-119 9.1). Measuring and rendering walk the same way
/// (<see cref="Walk"/>), so they cannot disagree.
/// </summary>
sealed class IsoRecords(IsoTree tree, DateTimeOffset time)
{
    const int HeaderLength = 33;

    // The length is one byte and even.
    const int LongestRecord = 254;

    const byte IsDirectory = 2;

    static readonly byte[] _self = [0];
    static readonly byte[] _parent = [1];

    /// <summary>Sets the number of sectors that the directory takes.</summary>
    public void Measure(IsoDirectory directory)
    {
        var (records, continued) = Walk(directory, null);
        directory.RecordSectors = (uint)IsoSector.Count(records);
        directory.ContinuationSectors = (uint)IsoSector.Count(continued);
    }

    /// <summary>Writes the directory with its continuation areas.</summary>
    /// <param name="at">Exactly the directory's sectors, all zero.</param>
    public void Render(IsoDirectory directory, byte[] at) => Walk(directory, at);

    /// <summary>The root's record as the volume descriptor holds it: without Rock Ridge, 34 bytes.</summary>
    public void RenderRoot(IsoDirectory root, Span<byte> at) => Write(at, _self, root.Sector, Length(root), true, 0);

    (long Records, long Continued) Walk(IsoDirectory directory, byte[]? into)
    {
        var records = 0L;
        var continued = 0L;
        Add(directory, null, _self);
        Add(directory.Parent, null, _parent);
        foreach (var child in directory.Children)
        {
            Add(child.Directory, child, child.Identifier);
        }
        return (records, continued);

        void Add(IsoDirectory? target, IsoChild? child, byte[] identifier)
        {
            var header = Even(HeaderLength + identifier.Length);
            var plan = Plan(directory, child, identifier, LongestRecord - header);
            var length = Even(header + plan.Inline);
            // Neither a record nor a continuation area lies across two sectors.
            records = Fit(records, length);
            continued = Fit(continued, plan.Continued);
            if (into is not null)
            {
                var at = into.AsSpan((int)records, length);
                var (sector, size) = target is not null
                    ? (target.Sector, Length(target))
                    : (child!.File!.Sector, (uint)child.File.Content.Length);
                Write(at, identifier, sector, size, target is not null, length);
                WriteRockRidge(at[header..], child, target, plan, into, directory, continued);
            }
            records += length;
            continued += plan.Continued;
        }
    }

    RockRidge.Plan Plan(IsoDirectory directory, IsoChild? child, byte[] identifier, int room)
    {
        if (tree.IsJoliet)
        {
            return default;
        }
        return child is null
            ? RockRidge.ForDot(announces: directory.IsRoot && identifier == _self)
            : RockRidge.ForName(room, child.RockRidgeName.Length);
    }

    void WriteRockRidge(
        Span<byte> at,
        IsoChild? child,
        IsoDirectory? target,
        in RockRidge.Plan plan,
        byte[] into,
        IsoDirectory directory,
        long continued
    )
    {
        if (tree.IsJoliet)
        {
            return;
        }
        var areaStart = directory.RecordSectors * (long)IsoSector.Size + continued;
        var area = into.AsSpan((int)areaStart, plan.Continued);
        var place = new RockRidge.Place(
            directory.Sector + (uint)(areaStart / IsoSector.Size),
            (int)(areaStart % IsoSector.Size)
        );
        // As Unix counts links: a directory's own entry, its parent's and one from each below.
        var links = target is null ? 1u : 2u + (uint)target.CountSubdirectories();
        if (child is null)
        {
            RockRidge.WriteDot(at, area, plan, place, links, time);
        }
        else
        {
            RockRidge.WriteName(at, area, plan, place, child.RockRidgeName, target is not null, links, time);
        }
    }

    void Write(Span<byte> at, ReadOnlySpan<byte> identifier, uint sector, uint size, bool isDirectory, int length)
    {
        at[0] = (byte)(length == 0 ? HeaderLength + identifier.Length : length);
        IsoSector.WriteBoth32(at[2..], sector);
        IsoSector.WriteBoth32(at[10..], size);
        IsoTime.WriteRecord(at[18..], time);
        at[25] = isDirectory ? IsDirectory : (byte)0;
        IsoSector.WriteBoth16(at[28..], 1);
        at[32] = (byte)identifier.Length;
        identifier.CopyTo(at[HeaderLength..]);
    }

    static uint Length(IsoDirectory directory) => directory.RecordSectors * IsoSector.Size;

    static int Even(int length) => (length + 1) & ~1;

    static long Fit(long position, int length) =>
        length > 0 && position % IsoSector.Size + length > IsoSector.Size
            ? IsoSector.Count(position) * IsoSector.Size
            : position;
}
