using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Stackmeta.ConfigDrive;

/// <summary>A directory record as it stands in the image (ECMA-119 9.1).</summary>
readonly ref struct IsoRecord
{
    public const int HeaderLength = 33;

    const byte FolderFlag = 2;
    const byte AssociatedFlag = 4;
    const byte MoreExtentsFlag = 0x80;

    IsoRecord(ReadOnlySpan<byte> identifier, ReadOnlySpan<byte> systemUse)
    {
        Identifier = identifier;
        SystemUse = systemUse;
    }

    public ReadOnlySpan<byte> Identifier { get; }

    public ReadOnlySpan<byte> SystemUse { get; }

    /// <summary>Where the data begins, behind an extended attribute record if there is one.</summary>
    public required uint Sector { get; init; }

    public required uint Length { get; init; }

    public required byte Flags { get; init; }

    public required bool IsInterleaved { get; init; }

    public required DateTimeOffset? Modified { get; init; }

    public bool IsFolder => (Flags & FolderFlag) != 0;

    public bool IsAssociated => (Flags & AssociatedFlag) != 0;

    public bool HasMoreExtents => (Flags & MoreExtentsFlag) != 0;

    public bool IsSelf => Identifier is [0];

    public bool IsParent => Identifier is [1];

    /// <param name="bytes">The record and nothing behind it.</param>
    /// <exception cref="DriveException">The record does not hold what it says.</exception>
    public static IsoRecord Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= HeaderLength || bytes[32] == 0 || HeaderLength + bytes[32] > bytes.Length)
        {
            throw ImageTree.Corrupt("a directory record is too short");
        }
        var identifierLength = bytes[32];
        var systemUse = HeaderLength + identifierLength + (identifierLength % 2 == 0 ? 1 : 0);
        var sector = BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]);
        return new(bytes.Slice(HeaderLength, identifierLength), systemUse < bytes.Length ? bytes[systemUse..] : [])
        {
            Sector = sector > uint.MaxValue - bytes[1] ? uint.MaxValue : sector + bytes[1],
            Length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]),
            Flags = bytes[25],
            IsInterleaved = bytes[26] != 0,
            Modified = Time(bytes.Slice(18, IsoTime.RecordLength)),
        };
    }

    static DateTimeOffset? Time(ReadOnlySpan<byte> at)
    {
        var (month, day, hour, minute, second) = (at[1], at[2], at[3], at[4], at[5]);
        // Quarters of an hour from UTC.
        var offset = TimeSpan.FromMinutes((sbyte)at[6] * 15);
        if (
            month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(1900 + at[0], month)
            || hour > 23
            || minute > 59
            || second > 59
            || offset.Duration() > TimeSpan.FromHours(14)
        )
        {
            return null;
        }
        return new(1900 + at[0], month, day, hour, minute, second, offset);
    }
}

/// <summary>What one or more records say about one entry.</summary>
sealed record IsoNamedRecord(string Name, DriveEntryKind Kind)
{
    /// <summary>A folder's records.</summary>
    public uint Sector { get; init; }

    /// <summary>Of a folder's records, in bytes.</summary>
    public uint Length { get; init; }

    /// <summary>A file's content.</summary>
    public ImmutableArray<ImageExtent> Extents { get; init; } = [];

    public UnixFileMode? Mode { get; init; }

    public DateTimeOffset? Modified { get; init; }
}
