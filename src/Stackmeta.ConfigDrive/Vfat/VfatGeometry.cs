namespace Stackmeta.ConfigDrive;

/// <summary>
/// The one shape of our vfat volumes: what mkfs.vfat (dosfstools 4.2) makes of a file of 64 MiB, which is the size that Nova
/// gives a vfat drive (spec/nova-metadata.md §9.3).
/// <code>
/// sector 0      boot sector (4 reserved)
///        4      first FAT, 128 sectors
///        132    second FAT
///        260    root directory, 512 entries
///        292    clusters of 2 KiB, numbered from 2
/// </code>
/// </summary>
static class VfatGeometry
{
    public const int SectorSize = 512;
    public const int Sectors = 64 * 1024 * 1024 / SectorSize;
    public const int ReservedSectors = 4;
    public const int Fats = 2;
    public const int FatSectors = 128;
    public const int RootEntries = 512;
    public const int SectorsPerCluster = 4;
    public const int ClusterSize = SectorsPerCluster * SectorSize;
    public const int FirstCluster = 2;

    public const int EntrySize = 32;
    public const int RootSector = ReservedSectors + Fats * FatSectors;
    public const int DataSector = RootSector + RootEntries * EntrySize / SectorSize;

    /// <summary>Between 4,085 and 65,524, so every reader takes it for FAT16.</summary>
    public const int Clusters = (Sectors - DataSector) / SectorsPerCluster;

    public const long Length = (long)Sectors * SectorSize;

    public const byte HardDisk = 0xf8;

    /// <summary>The directory limit of FAT: 65,536 entries.</summary>
    public const int LargestDirectory = 65_536 * EntrySize;

    public static int ClustersOf(long bytes) => (int)((bytes + ClusterSize - 1) / ClusterSize);
}
