using System.Buffers.Binary;

namespace Stackmeta.ConfigDrive;

/// <summary>Sectors and the number formats of ECMA-119 (7.2, 7.3), where many numbers stand twice, in both byte orders.</summary>
static class IsoSector
{
    public const int Size = 2048;

    /// <summary>Sectors that hold this many bytes.</summary>
    public static long Count(long bytes) => (bytes + Size - 1) / Size;

    public static void WriteBoth32(Span<byte> at, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, value);
        BinaryPrimitives.WriteUInt32BigEndian(at[4..], value);
    }

    public static void WriteBoth16(Span<byte> at, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, value);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], value);
    }
}
