using System.Buffers.Binary;
using System.Collections;
using System.Collections.Immutable;

namespace Stackmeta.ConfigDrive;

/// <summary>
/// Follows chains of clusters in the file allocation table. A cluster belongs to one chain: that is checked for the whole
/// volume, and so no loop and no overlap can make reading cost more than the volume is large.
/// </summary>
sealed class VfatChains(ImageSource source, VfatVolume volume)
{
    const int WindowSize = 64 * 1024;

    readonly BitArray _taken = new((int)volume.Clusters);
    readonly byte[] _window = new byte[(int)Math.Min(WindowSize, volume.FatLength)];
    long _windowStart = -1;

    /// <summary>The places of a chain's first <paramref name="length"/> bytes.</summary>
    /// <param name="length">Null for the whole chain, as for a directory.</param>
    /// <exception cref="DriveException">The chain is too short, leaves the volume, or meets another.</exception>
    public ImmutableArray<ImageExtent> Follow(uint first, long? length, string path)
    {
        var extents = ImmutableArray.CreateBuilder<ImageExtent>();
        var left = length ?? long.MaxValue;
        for (var cluster = first; left > 0; cluster = Next(cluster))
        {
            if (IsEnd(cluster))
            {
                if (length is null)
                {
                    break;
                }
                throw ImageTree.Corrupt($"the clusters of '{path}' end before its length");
            }
            var index = cluster - VfatGeometry.FirstCluster;
            if (cluster < VfatGeometry.FirstCluster || index >= volume.Clusters)
            {
                throw ImageTree.Corrupt($"the clusters of '{path}' lead outside the volume");
            }
            if (_taken[(int)index])
            {
                throw ImageTree.Corrupt($"the clusters of '{path}' run into a cluster that is in use");
            }
            _taken[(int)index] = true;
            var offset = volume.DataOffset + index * (long)volume.ClusterSize;
            var size = Math.Min(left, volume.ClusterSize);
            if (extents.Count > 0 && extents[^1].Offset + extents[^1].Length == offset)
            {
                extents[^1] = extents[^1] with { Length = extents[^1].Length + size };
            }
            else
            {
                extents.Add(new(offset, size));
            }
            left -= size;
        }
        return extents.DrainToImmutable();
    }

    bool IsEnd(uint cluster) =>
        cluster
        >= volume.Bits switch
        {
            12 => 0xff8u,
            16 => 0xfff8u,
            _ => 0x0ffffff8u,
        };

    uint Next(uint cluster) =>
        volume.Bits switch
        {
            // Three bytes hold two entries; an odd one begins in the middle of a byte.
            12 => (uint)(
                ((At(cluster * 3L / 2) | (At(cluster * 3L / 2 + 1) << 8)) >> (cluster % 2 == 0 ? 0 : 4)) & 0xfff
            ),
            16 => (uint)(At(cluster * 2L) | (At(cluster * 2L + 1) << 8)),
            // The top four bits are reserved.
            _ => Number32(cluster * 4L) & 0x0fffffff,
        };

    uint Number32(long offset)
    {
        Span<byte> four = [At(offset), At(offset + 1), At(offset + 2), At(offset + 3)];
        return BinaryPrimitives.ReadUInt32LittleEndian(four);
    }

    byte At(long offset)
    {
        if (_windowStart < 0 || offset < _windowStart || offset >= _windowStart + _window.Length)
        {
            _windowStart = Math.Min(offset / WindowSize * WindowSize, volume.FatLength - _window.Length);
            source.Read(volume.FatOffset + _windowStart, _window, "the FAT");
        }
        return _window[offset - _windowStart];
    }
}
