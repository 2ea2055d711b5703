using System.Buffers.Binary;

namespace Stackmeta.ConfigDrive;

/// <summary>Renders directory entries: of 32 bytes each, long names in pieces of 13 UTF-16 units in front of their 8.3 entry.</summary>
static class VfatEntries
{
    public const int UnitsPerPiece = 13;

    public const byte IsDirectory = 0x10;
    public const byte IsLabel = 0x08;

    // Nova's files are written by copying; DOS's mark of a changed file is what readers expect of them.
    public const byte IsArchive = 0x20;

    // Read-only, hidden, system and label together: no old reader shows such an entry.
    public const byte IsLongName = 0x0f;

    public const byte LastPiece = 0x40;

    // Where the units of a piece stand in it.
    static ReadOnlySpan<byte> UnitOffsets => [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

    /// <summary>Entries that a long name takes besides its 8.3 entry.</summary>
    public static int Pieces(string name) => (name.Length + UnitsPerPiece - 1) / UnitsPerPiece;

    /// <summary>Writes an 8.3 entry and returns what is behind it.</summary>
    public static Span<byte> WriteShort(
        Span<byte> at,
        ReadOnlySpan<byte> alias,
        byte attributes,
        int cluster,
        uint length,
        VfatTime time
    )
    {
        alias.CopyTo(at);
        at[11] = attributes;
        BinaryPrimitives.WriteUInt16LittleEndian(at[14..], time.Time);
        BinaryPrimitives.WriteUInt16LittleEndian(at[16..], time.Date);
        BinaryPrimitives.WriteUInt16LittleEndian(at[18..], time.Date);
        BinaryPrimitives.WriteUInt16LittleEndian(at[22..], time.Time);
        BinaryPrimitives.WriteUInt16LittleEndian(at[24..], time.Date);
        BinaryPrimitives.WriteUInt16LittleEndian(at[26..], (ushort)cluster);
        BinaryPrimitives.WriteUInt32LittleEndian(at[28..], length);
        return at[VfatGeometry.EntrySize..];
    }

    /// <summary>Writes a long name's pieces, the last first, and returns what is behind them.</summary>
    public static Span<byte> WriteLong(Span<byte> at, string name, ReadOnlySpan<byte> alias)
    {
        var checksum = Checksum(alias);
        var pieces = Pieces(name);
        for (var piece = pieces; piece >= 1; piece--)
        {
            at[0] = (byte)(piece | (piece == pieces ? LastPiece : 0));
            at[11] = IsLongName;
            at[13] = checksum;
            for (var i = 0; i < UnitsPerPiece; i++)
            {
                // A name that does not fill its last piece ends in a zero, and the rest is all ones.
                var index = (piece - 1) * UnitsPerPiece + i;
                var unit =
                    index < name.Length ? name[index]
                    : index == name.Length ? '\0'
                    : '\uffff';
                BinaryPrimitives.WriteUInt16LittleEndian(at[UnitOffsets[i]..], unit);
            }
            at = at[VfatGeometry.EntrySize..];
        }
        return at;
    }

    /// <summary>Takes the units out of a piece of a long name.</summary>
    public static void ReadUnits(ReadOnlySpan<byte> piece, Span<char> units)
    {
        for (var i = 0; i < UnitsPerPiece; i++)
        {
            units[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(piece[UnitOffsets[i]..]);
        }
    }

    /// <summary>Ties a long name to its 8.3 entry.</summary>
    public static byte Checksum(ReadOnlySpan<byte> alias)
    {
        byte sum = 0;
        foreach (var letter in alias)
        {
            sum = (byte)(((sum & 1) << 7) + (sum >> 1) + letter);
        }
        return sum;
    }
}
