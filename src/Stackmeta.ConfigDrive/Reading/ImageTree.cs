using System.Collections.Immutable;

namespace Stackmeta.ConfigDrive;

/// <summary>Collects what a reader finds and bounds it, so that no image, however wrong, costs more than these numbers.</summary>
sealed class ImageTree
{
    // A config drive has some fifty entries; a tree beyond this is no config drive.
    const int MostEntries = 1 << 20;

    // Linux's PATH_MAX. Bounds the depth, too, so that a folder inside itself is found out.
    const int LongestPath = 4096;

    readonly Dictionary<string, DriveEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>The path of a name in a folder.</summary>
    /// <exception cref="DriveException">The name cannot be one, or the path is too long.</exception>
    public static string Join(string folder, string name)
    {
        if (name is "" or "." or ".." || name.Contains('/') || name.Contains('\0'))
        {
            throw Corrupt($"a name in '{folder}' is empty, '.', '..' or holds '/' or NUL");
        }
        var path = folder.Length == 0 ? name : $"{folder}/{name}";
        return path.Length <= LongestPath
            ? path
            : throw new DriveException(
                new(DriveRefusal.ImageTooComplex, null, $"a path has more than {LongestPath} characters")
            );
    }

    /// <exception cref="DriveException">There are too many entries, or two of one path.</exception>
    public void Add(DriveEntry entry)
    {
        if (_entries.Count == MostEntries)
        {
            throw new DriveException(
                new(DriveRefusal.ImageTooComplex, null, $"it has more than {MostEntries} entries")
            );
        }
        if (!_entries.TryAdd(entry.Path, entry))
        {
            throw Corrupt($"two entries are called '{entry.Path}'");
        }
    }

    public void RemoveEmptyFolder(string path)
    {
        if (!_entries.Keys.Any(other => other.StartsWith(path + '/', StringComparison.Ordinal)))
        {
            _entries.Remove(path);
        }
    }

    public ImmutableArray<DriveEntry> Sorted() =>
        [.. _entries.Values.OrderBy(entry => entry.Path, StringComparer.Ordinal)];

    public static DriveException Corrupt(string detail) => new(new(DriveRefusal.ImageCorrupt, null, detail));

    public static DriveException Unsupported(string detail) => new(new(DriveRefusal.ImageUnsupported, null, detail));
}
