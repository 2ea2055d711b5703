using System.Buffers.Binary;
using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>The headers of a SYN, as the kernel keeps them.</summary>
static class SynBytes
{
    public const ushort TypeIpv4 = 0x0800;
    public const ushort TypeIpv6 = 0x86dd;

    /// <param name="to">Its first octets are where a bare IP header has its version.</param>
    public static byte[] Ethernet(byte[] to, byte[] from, ushort type, byte[] packet) =>
        [.. to, .. from, (byte)(type >> 8), (byte)type, .. packet];

    /// <param name="options">Octets of options in the header, in whole fours.</param>
    public static byte[] Ipv4(IPEndPoint from, int options, byte[] tcp)
    {
        var packet = new byte[20 + options + tcp.Length];
        packet[0] = (byte)(0x40 | (5 + (options / 4)));
        packet[9] = 6;
        from.Address.GetAddressBytes().CopyTo(packet, 12);
        tcp.CopyTo(packet, 20 + options);
        return packet;
    }

    /// <param name="extensions">Units of eight octets of each header of destination options before the segment.</param>
    public static byte[] Ipv6(IPEndPoint from, int[] extensions, byte[] tcp)
    {
        var header = new byte[40];
        header[0] = 0x60;
        header[6] = extensions.Length > 0 ? (byte)60 : (byte)6;
        from.Address.GetAddressBytes().CopyTo(header, 8);
        var options = extensions.SelectMany(
            (units, i) =>
            {
                var one = new byte[8 * units];
                one[0] = i == extensions.Length - 1 ? (byte)6 : (byte)60;
                one[1] = (byte)(units - 1);
                return one;
            }
        );
        return [.. header, .. options, .. tcp];
    }

    /// <param name="options">In whole fours, at most 40.</param>
    public static byte[] Tcp(IPEndPoint from, int options)
    {
        var segment = new byte[20 + options];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)from.Port);
        segment[12] = (byte)((5 + (options / 4)) << 4);
        segment[13] = 0x02;
        return segment;
    }
}
