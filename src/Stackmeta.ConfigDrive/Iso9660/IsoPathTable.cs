using System.Buffers.Binary;

namespace Stackmeta.ConfigDrive;

/// <summary>The path table (ECMA-119 9.4): every directory with its sector and its parent's number, in both byte orders.</summary>
static class IsoPathTable
{
    /// <summary>Parents are numbered in 16 bits.</summary>
    public const int MostDirectories = ushort.MaxValue;

    public static int Length(IsoTree tree) => tree.Directories.Sum(directory => RecordLength(directory.Identifier));

    public static byte[] Render(IsoTree tree, bool bigEndian)
    {
        var table = new byte[IsoSector.Count(Length(tree)) * IsoSector.Size];
        var at = table.AsSpan();
        foreach (var directory in tree.Directories)
        {
            at[0] = (byte)directory.Identifier.Length;
            if (bigEndian)
            {
                BinaryPrimitives.WriteUInt32BigEndian(at[2..], directory.Sector);
                BinaryPrimitives.WriteUInt16BigEndian(at[6..], (ushort)directory.Parent.Number);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(at[2..], directory.Sector);
                BinaryPrimitives.WriteUInt16LittleEndian(at[6..], (ushort)directory.Parent.Number);
            }
            directory.Identifier.CopyTo(at[8..]);
            at = at[RecordLength(directory.Identifier)..];
        }
        return table;
    }

    static int RecordLength(byte[] identifier) => 8 + ((identifier.Length + 1) & ~1);
}
