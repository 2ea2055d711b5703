namespace Stackmeta.ConfigDrive;

/// <summary>Content and the place that it got on the drive.</summary>
sealed class IsoExtent(VolumeContent content, string path)
{
    public VolumeContent Content => content;

    /// <summary>The first file with this content, for messages.</summary>
    public string Path => path;

    /// <summary>Set once by <see cref="IsoDrive"/> when the lengths of all folders are known.</summary>
    public uint Sector { get; set; }
}

/// <summary>An entry of a directory: a file's extent or a directory.</summary>
/// <param name="Identifier">The name in this tree.</param>
/// <param name="RockRidgeName">The true name in UTF-8; empty in the Joliet tree, which has no Rock Ridge.</param>
sealed record IsoChild(byte[] Identifier, byte[] RockRidgeName, IsoExtent? File, IsoDirectory? Directory);

/// <summary>A directory of the plain or of the Joliet tree.</summary>
/// <param name="identifier">The name in this tree; a single zero byte for the root (ECMA-119 9.4.5).</param>
sealed class IsoDirectory(byte[] identifier, IsoDirectory? parent)
{
    public byte[] Identifier => identifier;

    /// <summary>The root is its own parent (ECMA-119 9.4.4).</summary>
    public IsoDirectory Parent => parent ?? this;

    public bool IsRoot => parent is null;

    /// <summary>From 1, in path table order.</summary>
    public int Number { get; set; }

    /// <summary>In the order of <see cref="IsoOrder"/>; set once when the tree is built.</summary>
    public IReadOnlyList<IsoChild> Children { get; set; } = [];

    /// <summary>Set by <see cref="IsoDrive"/> in layout order, before anything is rendered.</summary>
    public uint Sector { get; set; }

    /// <summary>Sectors of records; continuation areas follow them.</summary>
    public uint RecordSectors { get; set; }

    /// <summary>Sectors of Rock Ridge continuation areas, which do not count as the directory's length.</summary>
    public uint ContinuationSectors { get; set; }

    public int CountSubdirectories() => Children.Count(child => child.Directory is not null);
}
