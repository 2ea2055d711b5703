using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Stackmeta.ConfigDrive;

/// <summary>Which of an ISO 9660 image's name spaces to read.</summary>
public enum IsoNaming
{
    /// <summary>As Linux does: Rock Ridge if it is there, else Joliet, else plain.</summary>
    Best,
    RockRidge,
    Joliet,
    Plain,
}

/// <summary>
/// A drive that somebody made, ours or another's, opened for reading: ISO 9660 (Rock Ridge, Joliet, plain) or FAT12, FAT16 or FAT32. The
/// whole tree is checked when it is opened, so that reading a file afterwards fails only if the image itself cannot be read.
/// Not for use by two threads at once.
/// </summary>
public sealed class DriveImage
{
    readonly ImageSource _source;

    internal DriveImage(
        ImageSource source,
        DriveFormat format,
        string variant,
        string label,
        ImmutableArray<DriveEntry> entries
    )
    {
        _source = source;
        Format = format;
        Variant = variant;
        Label = label;
        Entries = entries;
    }

    public DriveFormat Format { get; }

    /// <summary>
    /// What exactly was read: <c>Rock Ridge</c>, <c>Joliet</c>, <c>plain</c>, <c>FAT12</c>, <c>FAT16</c> or <c>FAT32</c>.
    /// </summary>
    public string Variant { get; }

    /// <summary>Without the spaces that pad it; empty if there is none.</summary>
    public string Label { get; }

    /// <summary>ISO 9660's publisher; empty for vfat.</summary>
    public string Publisher { get; init; } = "";

    /// <summary>All files and folders but the root, by path.</summary>
    public ImmutableArray<DriveEntry> Entries { get; }

    /// <summary>Recognises and reads an image. Memory is bounded by the number of entries, whatever the image says.</summary>
    /// <param name="image">Seekable; stays the caller's, and open for as long as files are read.</param>
    /// <exception cref="IOException">The stream failed.</exception>
    public static DriveReading Open(Stream image, IsoNaming naming = IsoNaming.Best)
    {
        var source = new ImageSource(image);
        try
        {
            if (IsoReader.Recognises(source))
            {
                return new(IsoReader.Read(source, naming), null);
            }
            return VfatVolume.Recognises(source)
                ? new(VfatReader.Read(source), null)
                : new(null, new DriveProblem(DriveRefusal.ImageUnknown, null));
        }
        catch (DriveException refused)
        {
            return new(null, refused.Problem);
        }
    }

    /// <summary>The entry of a path, or null.</summary>
    public DriveEntry? Find(string path)
    {
        // Entries are sorted by path.
        var (low, high) = (0, Entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(Entries[middle].Path, path);
            if (order == 0)
            {
                return Entries[middle];
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return null;
    }

    /// <summary>A file's bytes, read from the image as the stream is read.</summary>
    /// <exception cref="ArgumentException">The entry is not a file.</exception>
    public Stream OpenRead(DriveEntry file) =>
        file.Kind is DriveEntryKind.File
            ? new ExtentStream(_source, file)
            : throw new ArgumentException($"'{file.Path}' is not a file.", nameof(file));
}

/// <summary>A drive's content, or why it cannot be read.</summary>
public sealed record DriveReading(DriveImage? Image, DriveProblem? Problem)
{
    [MemberNotNullWhen(true, nameof(Problem))]
    [MemberNotNullWhen(false, nameof(Image))]
    public bool IsRefused => Problem is not null;
}
