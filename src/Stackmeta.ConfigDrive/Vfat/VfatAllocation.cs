using System.Buffers.Binary;

namespace Stackmeta.ConfigDrive;

/// <summary>Gives out clusters front to back, each file and folder in one run, and renders the table that says so.</summary>
sealed class VfatAllocation
{
    const ushort EndOfChain = 0xffff;

    // Where each run ends: the cluster behind its last one. A run begins where the one before it ends.
    readonly List<int> _ends = [];
    int _next = VfatGeometry.FirstCluster;

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
        _ends.Add(_next);
        return first;
    }

    /// <summary>The table up to the last cluster taken; the rest of it is zero.</summary>
    public byte[] Render()
    {
        var bytes = new byte[_next * 2];
        // The first two entries are no clusters: the media byte, and "was unmounted in order".
        Write(0, 0xff00 | VfatGeometry.HardDisk);
        Write(1, EndOfChain);
        var cluster = VfatGeometry.FirstCluster;
        foreach (var end in _ends)
        {
            for (; cluster < end - 1; cluster++)
            {
                Write(cluster, (ushort)(cluster + 1));
            }
            Write(cluster++, EndOfChain);
        }
        return bytes;

        void Write(int entry, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(entry * 2), value);
    }
}
