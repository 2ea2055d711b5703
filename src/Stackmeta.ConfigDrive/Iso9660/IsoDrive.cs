namespace Stackmeta.ConfigDrive;

/// <summary>
/// An ISO 9660 drive with Rock Ridge and Joliet, as genisoimage makes it with Nova's options (spec/nova-metadata.md §9.3).
/// In the order of the sectors:
/// <code>
/// 0–15  empty   16 primary   17 Joliet   18 terminator
/// 19…   path tables: plain little, plain big, Joliet little, Joliet big
///       plain directories, each followed by its Rock Ridge continuation areas
///       Joliet directories
///       file contents, each once
/// </code>
/// Deep directories stay where they are, as with xorriso (ECMA-119 6.8.2.1 allows eight levels; Linux, Windows, libarchive and isoinfo
/// read any number, while not all of them understand Rock Ridge's relocation).
/// </summary>
sealed class IsoDrive : Drive
{
    const uint FirstDescriptor = 16;
    const uint FirstTable = 19;

    // Lengths of directories are 32-bit numbers, and one directory is rendered in memory.
    const long LargestDirectory = 1 << 30;

    readonly IsoTree _plain;
    readonly IsoTree _joliet;
    readonly IsoExtent[] _extents;
    readonly IsoRecords _plainRecords;
    readonly IsoRecords _jolietRecords;
    uint _sectors;

    IsoDrive(VolumeTree tree, DriveOptions options)
        : base(options)
    {
        var extents = new Dictionary<VolumeContent, IsoExtent>();
        _plain = IsoTree.Build(tree, joliet: false, extents);
        _joliet = IsoTree.Build(tree, joliet: true, extents);
        _extents = [.. extents.Values];
        _plainRecords = new(_plain, options.Time);
        _jolietRecords = new(_joliet, options.Time);
    }

    public override long Length => _sectors * (long)IsoSector.Size;

    /// <returns>Null if something is too large, with the reason in <paramref name="problems"/>.</returns>
    public static IsoDrive? Lay(VolumeTree tree, DriveOptions options, List<DriveProblem> problems)
    {
        var drive = new IsoDrive(tree, options);
        if (drive.PlaceAll() is { } problem)
        {
            problems.Add(problem);
            return null;
        }
        return drive;
    }

    DriveProblem? PlaceAll()
    {
        if (_plain.Directories.Count > IsoPathTable.MostDirectories)
        {
            var detail = $"{_plain.Directories.Count}, ISO 9660 numbers at most {IsoPathTable.MostDirectories}";
            return new(DriveRefusal.FoldersTooMany, null, detail);
        }
        var next = FirstTable + 2 * (TableSectors(_plain) + TableSectors(_joliet));
        foreach (var (tree, records) in Trees())
        {
            foreach (var directory in tree.Directories)
            {
                records.Measure(directory);
                var sectors = (long)directory.RecordSectors + directory.ContinuationSectors;
                if (sectors * IsoSector.Size > LargestDirectory)
                {
                    return new(DriveRefusal.FolderTooLarge, null, $"its records exceed {LargestDirectory} bytes");
                }
                directory.Sector = (uint)next;
                next += sectors;
            }
        }
        foreach (var extent in _extents)
        {
            // An empty file has no place.
            extent.Sector = extent.Content.Length == 0 ? 0 : (uint)next;
            next += IsoSector.Count(extent.Content.Length);
        }
        if (next > uint.MaxValue)
        {
            return new(DriveRefusal.VolumeTooLarge, null, $"{next} sectors, ISO 9660 counts at most {uint.MaxValue}");
        }
        _sectors = (uint)next;
        return null;
    }

    private protected override async Task WriteAsync(VolumeWriter writer, CancellationToken cancellationToken)
    {
        await writer.ZerosToAsync(FirstDescriptor * IsoSector.Size, cancellationToken);
        var plainTable = FirstTable;
        var jolietTable = (uint)(plainTable + 2 * TableSectors(_plain));
        await writer.WriteAsync(Descriptor(_plain, _plainRecords, plainTable), cancellationToken);
        await writer.WriteAsync(Descriptor(_joliet, _jolietRecords, jolietTable), cancellationToken);
        await writer.WriteAsync(IsoDescriptor.RenderTerminator(), cancellationToken);
        foreach (var (tree, _) in Trees())
        {
            await writer.WriteAsync(IsoPathTable.Render(tree, bigEndian: false), cancellationToken);
            await writer.WriteAsync(IsoPathTable.Render(tree, bigEndian: true), cancellationToken);
        }
        foreach (var (tree, records) in Trees())
        {
            foreach (var directory in tree.Directories)
            {
                var rendered = new byte[(directory.RecordSectors + directory.ContinuationSectors) * IsoSector.Size];
                records.Render(directory, rendered);
                await writer.WriteAsync(rendered, cancellationToken);
            }
        }
        foreach (var extent in _extents)
        {
            await extent.Content.WriteAsync(writer, extent.Path, cancellationToken);
            await writer.ZerosToAsync(IsoSector.Count(writer.Position) * IsoSector.Size, cancellationToken);
        }
    }

    byte[] Descriptor(IsoTree tree, IsoRecords records, uint table) =>
        IsoDescriptor.Render(tree, records, new(_sectors, table, (uint)(table + TableSectors(tree))), Options);

    IEnumerable<(IsoTree Tree, IsoRecords Records)> Trees() => [(_plain, _plainRecords), (_joliet, _jolietRecords)];

    static long TableSectors(IsoTree tree) => IsoSector.Count(IsoPathTable.Length(tree));
}
