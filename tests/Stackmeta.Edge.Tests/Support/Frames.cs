using System.Net;
using System.Net.NetworkInformation;

namespace Stackmeta.Edge.Tests;

/// <summary>
/// Frames as a guest that may be dishonest writes them, octet by octet: Ethernet, ARP (RFC 826), IPv4, UDP, IPv6 (RFC 8200), neighbour
/// discovery (RFC 4861). Only the IPv4 header has its checksum: a bridge that lets iptables see its packets drops others.
/// </summary>
static class Frames
{
    public static readonly PhysicalAddress Everyone = PhysicalAddress.Parse("ffffffffffff");
    public static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    public const byte RouterSolicitation = 133;
    public const byte RouterAdvertisement = 134;
    public const byte NeighbourSolicitation = 135;
    public const byte NeighbourAdvertisement = 136;
    public const byte Redirect = 137;

    const byte HopByHop = 0;
    const byte Tcp = 6;
    const byte Udp = 17;
    const byte Fragment = 44;
    const byte Icmpv6 = 58;

    public static byte[] Ethernet(PhysicalAddress from, ushort type, byte[] payload) =>
        [.. Everyone.GetAddressBytes(), .. from.GetAddressBytes(), .. Big(type), .. payload];

    public static byte[] Vlan(byte[] frame) => [.. frame[..12], 0x81, 0x00, 0x00, 0x07, .. frame[12..]];

    /// <summary>As a packet socket shows it: the kernel keeps the tag beside the frame (packet(7), PACKET_AUXDATA).</summary>
    public static byte[] WithoutVlan(byte[] frame) =>
        frame[12] == 0x81 && frame[13] == 0x00 ? [.. frame[..12], .. frame[16..]] : frame;

    public static byte[] Arp(
        PhysicalAddress from,
        byte operation,
        PhysicalAddress sender,
        string address,
        string asked
    ) =>
        Ethernet(
            from,
            0x0806,
            [
                .. (byte[])[0, 1, 8, 0, 6, 4, 0, operation],
                .. sender.GetAddressBytes(),
                .. Octets(address),
                .. new byte[6],
                .. Octets(asked),
            ]
        );

    /// <param name="isFragment">The first piece of more.</param>
    public static byte[] Ipv4(
        PhysicalAddress from,
        string source,
        ushort fromPort,
        ushort toPort,
        byte[] data,
        bool isFragment = false
    )
    {
        var datagram = UdpOf(fromPort, toPort, data);
        byte[] header =
        [
            .. (byte[])
                [
                    0x45,
                    0,
                    .. Big((ushort)(20 + datagram.Length)),
                    0,
                    0,
                    isFragment ? (byte)0x20 : (byte)0,
                    0,
                    64,
                    Udp,
                    0,
                    0,
                ],
            .. Octets(source),
            .. Octets("255.255.255.255"),
        ];
        Big(Checksum(header)).CopyTo(header, 10);
        return Ethernet(from, 0x0800, [.. header, .. datagram]);
    }

    /// <summary>The first packet of a TCP connection, to somebody's address.</summary>
    public static byte[] Syn(PhysicalAddress from, string source, string target, ushort fromPort, ushort toPort) =>
        To(from, source, target, Tcp, [.. Big(fromPort), .. Big(toPort), .. new byte[8], 0x50, 0x02, .. new byte[6]]);

    /// <summary>The same over IPv4 with the checksum (RFC 9293 §3.1), so that it is answered.</summary>
    public static byte[] WholeSyn(PhysicalAddress from, string source, string target, ushort fromPort, ushort toPort)
    {
        var frame = Syn(from, source, target, fromPort, toPort);
        var segment = frame.AsSpan(34);
        byte[] summed = [.. frame[26..34], 0, Tcp, .. Big((ushort)segment.Length), .. segment];
        Big(Checksum(summed)).CopyTo(segment[16..]);
        return frame;
    }

    /// <summary>The first piece of one, which ends before its flags.</summary>
    public static byte[] SynFragment(PhysicalAddress from, string source, string target) =>
        IPAddress.Parse(source).AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? To(from, source, target, Tcp, [.. Big(1), .. Big(80), .. new byte[4]], isFragment: true)
            : To(from, source, target, Fragment, [Tcp, 0, 0, 1, 0, 0, 0, 9, .. Big(1), .. Big(80), .. new byte[4]]);

    /// <summary>To one interface, not to everybody.</summary>
    public static byte[] At(PhysicalAddress to, byte[] frame) => [.. to.GetAddressBytes(), .. frame[6..]];

    /// <summary>A message of ICMPv6 with its checksum (RFC 8200 §8.1), without which the kernel does not look at it.</summary>
    public static byte[] WithChecksum(byte[] frame)
    {
        var packet = frame.AsSpan(14);
        var message = packet[40..];
        byte[] summed = [.. packet[8..40], .. new byte[2], .. Big((ushort)message.Length), 0, 0, 0, Icmpv6, .. message];
        Big(Checksum(summed)).CopyTo(message[2..]);
        return frame;
    }

    static byte[] To(
        PhysicalAddress from,
        string source,
        string target,
        byte next,
        byte[] payload,
        bool isFragment = false
    )
    {
        if (source.Contains(':', StringComparison.Ordinal))
        {
            byte[] length = [.. Big((ushort)payload.Length), next, 255];
            return Ethernet(from, 0x86dd, [0x60, 0, 0, 0, .. length, .. Octets(source), .. Octets(target), .. payload]);
        }
        byte[] header =
        [
            .. (byte[])[0x45, 0, .. Big((ushort)(20 + payload.Length)), 0, 0, isFragment ? (byte)0x20 : (byte)0, 0, 64],
            .. (byte[])[next, 0, 0],
            .. Octets(source),
            .. Octets(target),
        ];
        Big(Checksum(header)).CopyTo(header, 10);
        return Ethernet(from, 0x0800, [.. header, .. payload]);
    }

    /// <summary>A DISCOVER as far as its chaddr.</summary>
    public static byte[] Discover(PhysicalAddress from, string source, PhysicalAddress hardware) =>
        Ipv4(from, source, 68, 67, [1, 1, 6, 0, .. new byte[24], .. hardware.GetAddressBytes(), .. new byte[10]]);

    public static byte[] Ipv6(PhysicalAddress from, string source, ushort fromPort, ushort toPort) =>
        Ipv6(from, source, Udp, UdpOf(fromPort, toPort, []));

    public static byte[] Discovery(
        PhysicalAddress from,
        string source,
        byte type,
        string? target,
        params byte[][] options
    ) => Ipv6(from, source, Icmpv6, DiscoveryOf(type, target, options));

    /// <summary>The same behind an options header, where a lazy filter does not look.</summary>
    public static byte[] HiddenDiscovery(
        PhysicalAddress from,
        string source,
        byte type,
        string? target,
        params byte[][] options
    ) => Ipv6(from, source, HopByHop, [Icmpv6, 0, 1, 4, 0, 0, 0, 0, .. DiscoveryOf(type, target, options)]);

    /// <summary>The first piece of one.</summary>
    public static byte[] DiscoveryFragment(PhysicalAddress from, string source, byte type) =>
        Ipv6(from, source, Fragment, [Icmpv6, 0, 0, 1, 0, 0, 0, 9, .. DiscoveryOf(type, null)]);

    /// <summary>A later piece, which does not tell of what.</summary>
    public static byte[] LaterFragment(PhysicalAddress from, string source) =>
        Ipv6(from, source, Fragment, [Icmpv6, 0, 0, 8, 0, 0, 0, 9, .. new byte[16]]);

    /// <summary>MLDv2 (RFC 3810 §5.2), behind its router alert.</summary>
    public static byte[] MulticastReport(PhysicalAddress from, string source) =>
        Ipv6(from, source, HopByHop, [Icmpv6, 0, 5, 2, 0, 0, 1, 0, 143, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>An option of neighbour discovery: 1 source's, 2 target's MAC, 14 nonce.</summary>
    public static byte[] Option(byte type, PhysicalAddress mac) => [type, 1, .. mac.GetAddressBytes()];

    static byte[] Ipv6(PhysicalAddress from, string source, byte next, byte[] payload) =>
        Ethernet(
            from,
            0x86dd,
            [
                .. (byte[])[0x60, 0, 0, 0, .. Big((ushort)payload.Length), next, 255],
                .. Octets(source),
                .. AllNodes.GetAddressBytes(),
                .. payload,
            ]
        );

    static byte[] DiscoveryOf(byte type, string? target, params byte[][] options) =>
        [
            type,
            .. (byte[])[0, 0, 0, 0, 0, 0, 0],
            .. target is null ? [] : Octets(target),
            .. options.SelectMany(static option => option),
        ];

    static byte[] UdpOf(ushort from, ushort to, byte[] data) =>
        [.. Big(from), .. Big(to), .. Big((ushort)(8 + data.Length)), 0, 0, .. data];

    /// <summary>RFC 1071, of an even number of octets.</summary>
    static ushort Checksum(byte[] octets)
    {
        var sum = octets.Chunk(2).Sum(pair => (pair[0] << 8) | pair[1]);
        return (ushort)~((sum & 0xffff) + (sum >> 16));
    }

    static byte[] Octets(string address) => IPAddress.Parse(address).GetAddressBytes();

    static byte[] Big(ushort number) => [(byte)(number >> 8), (byte)number];
}
