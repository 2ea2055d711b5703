using System.Buffers.Binary;
using System.Numerics;

namespace Stackmeta.ConfigDrive;

/// <summary>The numbers of a FAT volume of any maker and size, checked against each other and against the image's length.</summary>
sealed record VfatVolume
{
    // Microsoft's FAT specification: the number of clusters alone decides between 12 and 16 bits.
    const int FewestFat16Clusters = 4085;
    const int MostFat16Clusters = 65524;
    const int MostFat32Clusters = 0x0ffffff5;

    /// <summary>12, 16 or 32.</summary>
    public required int Bits { get; init; }

    public required long FatOffset { get; init; }

    /// <summary>Bytes of one FAT.</summary>
    public required long FatLength { get; init; }

    /// <summary>The root directory of FAT12 and FAT16.</summary>
    public required ImageExtent Root { get; init; }

    /// <summary>The root directory's first cluster with FAT32, else 0.</summary>
    public required uint RootCluster { get; init; }

    public required long DataOffset { get; init; }

    public required int ClusterSize { get; init; }

    public required uint Clusters { get; init; }

    public static bool Recognises(ImageSource source)
    {
        Span<byte> boot = stackalloc byte[VfatGeometry.SectorSize];
        if (source.Length < boot.Length)
        {
            return false;
        }
        source.Read(0, boot, "the boot sector");
        // A partition table ends in 55 AA as well, but does not begin with a jump and these numbers.
        return boot[510] == 0x55
            && boot[511] == 0xaa
            && boot[0] is 0xeb or 0xe9
            && SectorSizeOf(boot) is >= 512 and <= 4096
            && boot[16] is > 0 and <= 4;
    }

    /// <exception cref="DriveException">The numbers contradict each other, or the image is shorter than they say.</exception>
    public static VfatVolume Parse(ImageSource source)
    {
        Span<byte> boot = stackalloc byte[VfatGeometry.SectorSize];
        source.Read(0, boot, "the boot sector");
        long sectorSize = SectorSizeOf(boot);
        // Each number has an old field of 16 bits and, where that is zero, a newer one of 32; FAT32 has only the new length.
        var isFat32 = Number16(boot, 22) == 0;
        long fatSectors = isFat32 ? Number32(boot, 36) : Number16(boot, 22);
        long sectors = Number16(boot, 19) == 0 ? Number32(boot, 32) : Number16(boot, 19);
        var rootEntries = Number16(boot, 17);
        var sectorsPerCluster = boot[13];
        var reserved = Number16(boot, 14);
        if (!BitOperations.IsPow2(sectorSize) || !BitOperations.IsPow2(sectorsPerCluster) || reserved == 0)
        {
            throw ImageTree.Corrupt("the boot sector's sizes are senseless");
        }
        var rootOffset = (reserved + boot[16] * fatSectors) * sectorSize;
        long rootLength = rootEntries * VfatGeometry.EntrySize;
        var dataOffset = rootOffset + (rootLength + sectorSize - 1) / sectorSize * sectorSize;
        var clusterSize = (int)(sectorsPerCluster * sectorSize);
        var clusters = (sectors * sectorSize - dataOffset) / clusterSize;
        var bits =
            isFat32 ? 32
            : clusters < FewestFat16Clusters ? 12
            : 16;
        if (clusters is <= 0 or > MostFat32Clusters || (bits == 16 && clusters > MostFat16Clusters))
        {
            throw ImageTree.Corrupt($"{clusters} clusters are impossible with a FAT of {bits} bits");
        }
        if (fatSectors * sectorSize * 8 < (clusters + VfatGeometry.FirstCluster) * bits)
        {
            throw ImageTree.Corrupt("the FAT is too small for the clusters");
        }
        source.Require(0, sectors * sectorSize, "the volume");
        return new()
        {
            Bits = bits,
            FatOffset = reserved * sectorSize,
            FatLength = fatSectors * sectorSize,
            Root = new(rootOffset, rootLength),
            RootCluster = isFat32 ? Number32(boot, 44) : 0,
            DataOffset = dataOffset,
            ClusterSize = clusterSize,
            Clusters = (uint)clusters,
        };
    }

    static int SectorSizeOf(ReadOnlySpan<byte> boot) => Number16(boot, 11);

    static int Number16(ReadOnlySpan<byte> boot, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(boot[offset..]);

    static uint Number32(ReadOnlySpan<byte> boot, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(boot[offset..]);
}
