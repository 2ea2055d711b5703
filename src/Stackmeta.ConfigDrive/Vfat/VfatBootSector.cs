using System.Buffers.Binary;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>The boot sector: the numbers by which a reader finds its way, and a program that says no.</summary>
static class VfatBootSector
{
    // Jumps to offset 0x3e: int 18h tells the firmware to try the next device, then the processor halts.
    static readonly byte[] _jump = [0xeb, 0x3c, 0x90];
    static readonly byte[] _notBootable = [0xcd, 0x18, 0xf4, 0xeb, 0xfd];

    public static byte[] Render(string label, uint serial)
    {
        var sector = new byte[VfatGeometry.SectorSize];
        var at = sector.AsSpan();
        _jump.CopyTo(at);
        // Who formatted it; some readers want a name that they know, so mkfs.vfat's.
        "mkfs.fat"u8.CopyTo(at[3..]);
        BinaryPrimitives.WriteUInt16LittleEndian(at[11..], VfatGeometry.SectorSize);
        at[13] = VfatGeometry.SectorsPerCluster;
        BinaryPrimitives.WriteUInt16LittleEndian(at[14..], VfatGeometry.ReservedSectors);
        at[16] = VfatGeometry.Fats;
        BinaryPrimitives.WriteUInt16LittleEndian(at[17..], VfatGeometry.RootEntries);
        at[21] = VfatGeometry.HardDisk;
        BinaryPrimitives.WriteUInt16LittleEndian(at[22..], VfatGeometry.FatSectors);
        // Sectors a track and heads, as mkfs.vfat sets them; nobody reads them today.
        BinaryPrimitives.WriteUInt16LittleEndian(at[24..], 32);
        BinaryPrimitives.WriteUInt16LittleEndian(at[26..], 8);
        BinaryPrimitives.WriteUInt32LittleEndian(at[32..], VfatGeometry.Sectors);
        // The drive's number for the firmware, and the mark that the next three fields are there.
        at[36] = 0x80;
        at[38] = 0x29;
        BinaryPrimitives.WriteUInt32LittleEndian(at[39..], serial);
        Encoding.ASCII.GetBytes(label.PadRight(11), at[43..]);
        "FAT16   "u8.CopyTo(at[54..]);
        _notBootable.CopyTo(at[62..]);
        at[510] = 0x55;
        at[511] = 0xaa;
        return sector;
    }
}
