using System.Buffers.Binary;

namespace Stackmeta.ConfigDrive;

/// <summary>Gives out clusters front to back, each file and folder in one run, and renders the table that says so.</summary>
sealed class VfatAllocation
{
    const ushort EndOfChain = 0xffff;

    readonly ushort[] _table = new ushort[VfatGeometry.FatSectors * VfatGeometry.SectorSize / 2];
    int _next = VfatGeometry.FirstCluster;

    public VfatAllocation()
    {
        // The first two entries are no clusters: the media byte, and "was unmounted in order".
        _table[0] = 0xff00 | VfatGeometry.HardDisk;
        _table[1] = EndOfChain;
    }

    /// <summary>Takes a run of clusters.</summary>
    /// <returns>The first cluster; 0 for nothing; null if there is no room, in which case nothing is taken.</returns>
    public int? Take(long bytes)
    {
        if (bytes == 0)
        {
            return 0;
        }
        var free = VfatGeometry.FirstCluster + VfatGeometry.Clusters - _next;
        if (bytes > (long)free * VfatGeometry.ClusterSize)
        {
            return null;
        }
        var first = _next;
        _next += VfatGeometry.ClustersOf(bytes);
        for (var cluster = first; cluster < _next - 1; cluster++)
        {
            _table[cluster] = (ushort)(cluster + 1);
        }
        _table[_next - 1] = EndOfChain;
        return first;
    }

    public byte[] Render()
    {
        var bytes = new byte[_table.Length * 2];
        for (var i = 0; i < _table.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * 2), _table[i]);
        }
        return bytes;
    }
}
