using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Hostile.Tests;

/// <summary>
/// Frames as an attacker writes them, field by field: Ethernet, VLAN tags, ARP (RFC 826), IPv4 (RFC 791), IPv6 (RFC 8200), neighbour
/// discovery (RFC 4861), TCP (RFC 9293). Nothing here is made right that the caller wants wrong, except for checksums.
/// </summary>
static class Frames
{
    public const ushort Ipv4 = 0x0800;
    public const ushort Arp = 0x0806;
    public const ushort Vlan = 0x8100;
    public const ushort Ipv6 = 0x86dd;

    const byte Icmpv6 = 58;
    const byte TcpProtocol = 6;
    const byte Fragment = 44;

    public const byte Syn = 0x02;
    public const byte Fin = 0x01;
    public const byte Reset = 0x04;
    public const byte Push = 0x08;
    public const byte Ack = 0x10;

    public static readonly byte[] Everybody = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    public static byte[] Ethernet(byte[] to, byte[] from, ushort type, byte[] payload) =>
        [.. to, .. from, .. Big(type), .. payload];

    /// <summary>An 802.1Q tag before what the frame carries.</summary>
    public static byte[] Tagged(byte[] frame, ushort vlan) =>
        [.. frame[..12], .. Big(Vlan), .. Big(vlan), .. frame[12..]];

    /// <param name="operation">1 asks, 2 replies.</param>
    public static byte[] ArpPacket(
        ushort operation,
        byte[] senderMac,
        IPAddress sender,
        byte[] targetMac,
        IPAddress target
    ) =>
        [
            0,
            1,
            8,
            0,
            6,
            4,
            .. Big(operation),
            .. senderMac,
            .. sender.GetAddressBytes(),
            .. targetMac,
            .. target.GetAddressBytes(),
        ];

    /// <summary>A neighbour advertisement or solicitation.</summary>
    /// <param name="type">135 asks, 136 advertises.</param>
    /// <param name="flags">Of an advertisement: 0x80 router, 0x40 solicited, 0x20 override.</param>
    /// <param name="option">2 tells the target's MAC, 1 the source's; with <paramref name="optionMac"/>.</param>
    public static byte[] Discovery(
        byte type,
        byte flags,
        IPAddress source,
        IPAddress destination,
        IPAddress target,
        byte option = 0,
        byte[]? optionMac = null
    )
    {
        byte[] message = [type, 0, 0, 0, flags, 0, 0, 0, .. target.GetAddressBytes()];
        if (optionMac is not null)
        {
            message = [.. message, option, 1, .. optionMac];
        }
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(source, destination, Icmpv6, message));
        return Ipv6Packet(source, destination, Icmpv6, message, hops: 255);
    }

    public static byte[] TcpPacket(
        IPAddress source,
        IPAddress destination,
        (ushort From, ushort To) ports,
        uint sequence,
        uint acknowledged,
        byte flags,
        byte[] payload
    )
    {
        byte[] segment =
        [
            .. Big(ports.From),
            .. Big(ports.To),
            .. Big(sequence),
            .. Big(acknowledged),
            0x50,
            flags,
            .. Big(64240),
            0,
            0,
            0,
            0,
            .. payload,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum(source, destination, TcpProtocol, segment));
        return source.AddressFamily == AddressFamily.InterNetworkV6
            ? Ipv6Packet(source, destination, TcpProtocol, segment, hops: 64)
            : Ipv4Packet(source, destination, TcpProtocol, segment, fragment: 0x4000);
    }

    public static byte[] Ipv6Packet(IPAddress source, IPAddress destination, byte next, byte[] payload, byte hops) =>
        [
            0x60,
            0,
            0,
            0,
            .. Big((ushort)payload.Length),
            next,
            hops,
            .. source.GetAddressBytes(),
            .. destination.GetAddressBytes(),
            .. payload,
        ];

    /// <summary>The packet in two pieces behind a fragment header each; the first one has so many octets.</summary>
    public static byte[][] Ipv6Pieces(byte[] packet, int first, uint id)
    {
        var (source, destination) = (new IPAddress(packet.AsSpan(8, 16)), new IPAddress(packet.AsSpan(24, 16)));
        var (next, payload) = (packet[6], packet[40..]);
        return [Piece(0, isLast: false, payload[..first]), Piece(first, isLast: true, payload[first..])];

        byte[] Piece(int offset, bool isLast, byte[] part) =>
            Ipv6Packet(
                source,
                destination,
                Fragment,
                [next, 0, .. Big((ushort)(offset | (isLast ? 0 : 1))), .. Big(id), .. part],
                packet[7]
            );
    }

    /// <param name="fragment">Flags and offset: 0x4000 is don't fragment, 0x2000 more to come.</param>
    public static byte[] Ipv4Packet(
        IPAddress source,
        IPAddress destination,
        byte protocol,
        byte[] payload,
        ushort fragment,
        ushort id = 1
    )
    {
        byte[] header =
        [
            0x45,
            0,
            .. Big((ushort)(20 + payload.Length)),
            .. Big(id),
            .. Big(fragment),
            64,
            protocol,
            0,
            0,
            .. source.GetAddressBytes(),
            .. destination.GetAddressBytes(),
        ];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Folded(Sum(header)));
        return [.. header, .. payload];
    }

    /// <summary>The packet in two pieces; the first one carries so many octets, a multiple of eight.</summary>
    public static byte[][] Ipv4Pieces(byte[] packet, int first, ushort id)
    {
        var (source, destination) = (new IPAddress(packet.AsSpan(12, 4)), new IPAddress(packet.AsSpan(16, 4)));
        return
        [
            Ipv4Packet(source, destination, packet[9], packet[20..(20 + first)], 0x2000, id),
            Ipv4Packet(source, destination, packet[9], packet[(20 + first)..], (ushort)(first / 8), id),
        ];
    }

    /// <summary>The multicast MAC of an IPv6 group (RFC 2464 §7), or of an address's solicited nodes.</summary>
    public static byte[] GroupMac(IPAddress group) => [0x33, 0x33, .. group.GetAddressBytes()[12..]];

    /// <summary>Where solicitations for an address go (RFC 4291 §2.7.1).</summary>
    public static IPAddress SolicitedNodes(IPAddress address) =>
        new([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, .. address.GetAddressBytes()[13..]]);

    static ushort Checksum(IPAddress source, IPAddress destination, byte protocol, byte[] payload) =>
        Folded(
            Sum(source.GetAddressBytes())
                + Sum(destination.GetAddressBytes())
                + protocol
                + (uint)payload.Length
                + Sum(payload)
        );

    static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += (uint)(bytes[i] << 8) | (i + 1 < bytes.Length ? bytes[i + 1] : 0u);
        }
        return sum;
    }

    /// <summary>RFC 1071.</summary>
    static ushort Folded(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (ushort)~sum;
    }

    static byte[] Big(ushort value) => [(byte)(value >> 8), (byte)value];

    static byte[] Big(uint value) => [.. Big((ushort)(value >> 16)), .. Big((ushort)value)];
}
