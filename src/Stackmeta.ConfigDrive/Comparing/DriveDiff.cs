using System.Collections.Immutable;

namespace Stackmeta.ConfigDrive;

/// <summary>How two drives differ in one respect.</summary>
public enum DriveDifferenceKind
{
    /// <summary>The volume labels; the path is empty.</summary>
    Label,
    OnlyInFirst,
    OnlyInSecond,

    /// <summary>A file here, a folder there.</summary>
    Kind,
    Length,
    Content,
}

/// <summary>One difference of two drives.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="First">What the first drive has, in words: a label, a kind, a number of bytes; empty where it has nothing.</param>
/// <param name="Second">The same of the second.</param>
/// <param name="Offset">Where the contents part, for <see cref="DriveDifferenceKind.Length"/> and
/// <see cref="DriveDifferenceKind.Content"/>; else null.</param>
public sealed record DriveDifference(
    DriveDifferenceKind Kind,
    string Path,
    string First,
    string Second,
    long? Offset = null
);

/// <summary>Compares what guests read from two drives: label, paths, contents. Format, times and layout do not count.</summary>
public static class DriveDiff
{
    const int BlockSize = 64 * 1024;

    /// <summary>All differences: the label first, then by path.</summary>
    /// <exception cref="IOException">An image cannot be read.</exception>
    public static ImmutableArray<DriveDifference> Compare(DriveImage first, DriveImage second)
    {
        var differences = ImmutableArray.CreateBuilder<DriveDifference>();
        if (first.Label != second.Label)
        {
            differences.Add(new(DriveDifferenceKind.Label, "", first.Label, second.Label));
        }
        var (i, j) = (0, 0);
        while (i < first.Entries.Length || j < second.Entries.Length)
        {
            var a = i < first.Entries.Length ? first.Entries[i] : null;
            var b = j < second.Entries.Length ? second.Entries[j] : null;
            var order =
                a is null ? 1
                : b is null ? -1
                : string.CompareOrdinal(a.Path, b.Path);
            if (order < 0)
            {
                differences.Add(new(DriveDifferenceKind.OnlyInFirst, a!.Path, Described(a), ""));
                i++;
            }
            else if (order > 0)
            {
                differences.Add(new(DriveDifferenceKind.OnlyInSecond, b!.Path, "", Described(b)));
                j++;
            }
            else
            {
                if (Compare(first, a!, second, b!) is { } difference)
                {
                    differences.Add(difference);
                }
                i++;
                j++;
            }
        }
        return differences.DrainToImmutable();
    }

    static DriveDifference? Compare(DriveImage first, DriveEntry a, DriveImage second, DriveEntry b)
    {
        if (a.Kind != b.Kind)
        {
            return new(DriveDifferenceKind.Kind, a.Path, Described(a), Described(b));
        }
        if (a.Kind is not DriveEntryKind.File || FirstDifference(first, a, second, b) is not { } offset)
        {
            return null;
        }
        var kind = a.Length == b.Length ? DriveDifferenceKind.Content : DriveDifferenceKind.Length;
        return new(kind, a.Path, Described(a), Described(b), offset);
    }

    static long? FirstDifference(DriveImage first, DriveEntry a, DriveImage second, DriveEntry b)
    {
        using var one = first.OpenRead(a);
        using var other = second.OpenRead(b);
        var (left, right) = (new byte[BlockSize], new byte[BlockSize]);
        for (var offset = 0L; ; )
        {
            var read = one.ReadAtLeast(left, BlockSize, throwOnEndOfStream: false);
            var readOther = other.ReadAtLeast(right, BlockSize, throwOnEndOfStream: false);
            var same = left.AsSpan(0, read).CommonPrefixLength(right.AsSpan(0, readOther));
            if (same < Math.Max(read, readOther))
            {
                return offset + same;
            }
            if (read == 0)
            {
                return null;
            }
            offset += read;
        }
    }

    static string Described(DriveEntry entry) =>
        entry.Kind switch
        {
            DriveEntryKind.File => entry.Length == 1 ? "1 byte" : $"{entry.Length} bytes",
            DriveEntryKind.Folder => "folder",
            _ => "link or device",
        };
}
