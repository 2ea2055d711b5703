using System.Collections.Immutable;

namespace Stackmeta.ConfigDrive;

/// <summary>What an entry of a drive is.</summary>
public enum DriveEntryKind
{
    File,
    Folder,

    /// <summary>A symbolic link, device or the like (Rock Ridge only): it is named but has no content here.</summary>
    Other,
}

/// <summary>A file or folder found on a drive.</summary>
/// <param name="Path">With <c>/</c> between names, without one in front. Every name is neither empty nor <c>.</c> nor <c>..</c>.</param>
/// <param name="Length">Bytes; 0 for what is not a file.</param>
public sealed record DriveEntry(string Path, DriveEntryKind Kind, long Length)
{
    /// <summary>Last change, as far as the drive tells one; vfat's local time is taken for UTC.</summary>
    public DateTimeOffset? Modified { get; init; }

    /// <summary>Permission bits, where Rock Ridge gives them.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>Where the content is in the image, in order; together exactly <see cref="Length"/> bytes, all inside the image.</summary>
    internal ImmutableArray<ImageExtent> Extents { get; init; } = [];
}

/// <summary>A run of bytes of the image.</summary>
readonly record struct ImageExtent(long Offset, long Length);
