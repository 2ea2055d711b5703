using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace Stackmeta.Edge;

/// <summary>The frames of a <see cref="GuestProbe"/>: Ethernet, ARP (RFC 826), IPv4 (RFC 791), TCP (RFC 9293).</summary>
sealed class ProbeFrames
{
    const int EthernetLength = 14;
    const int Ipv4Length = 20;
    const int TcpLength = 20;
    const int ArpLength = 28;
    const ushort Ipv4Type = 0x0800;
    const ushort ArpType = 0x0806;
    const byte TcpProtocol = 6;
    const byte SynFlag = 0x02;
    const byte ResetFlag = 0x04;

    readonly byte[] _gatewayMac;
    readonly byte[] _guestMac;
    readonly byte[] _guest;
    readonly byte[] _metadata = MetadataAddress.Ipv4.GetAddressBytes();
    readonly ushort _port;
    readonly uint _sequence = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);

    // Who asked for the guest's MAC, to whom the answer goes; set by AsksForGuest.
    byte[] _asker = new byte[4];

    public ProbeFrames(byte[] gatewayMac, byte[] guestMac, IPAddress guest)
    {
        (_gatewayMac, _guestMac, _guest) = (gatewayMac, guestMac, guest.GetAddressBytes());
        // Above the range from which Linux takes ports of outgoing connections, so that the guest has none of this number open.
        _port = (ushort)RandomNumberGenerator.GetInt32(61001, 65536);
        Syn = Tcp(_sequence, SynFlag);
        Reset = Tcp(_sequence + 1, ResetFlag);
    }

    public byte[] Syn { get; }

    /// <summary>Ends what <see cref="Syn"/> began.</summary>
    public byte[] Reset { get; }

    public byte[] ArpReply
    {
        get
        {
            var frame = Ethernet(ArpType, ArpLength);
            // Ethernet, IPv4, six and four octets, reply.
            ((byte[])[0, 1, 8, 0, 6, 4, 0, 2]).CopyTo(frame, EthernetLength);
            _guestMac.CopyTo(frame, EthernetLength + 8);
            _guest.CopyTo(frame, EthernetLength + 14);
            _gatewayMac.CopyTo(frame, EthernetLength + 18);
            _asker.CopyTo(frame, EthernetLength + 24);
            return frame;
        }
    }

    /// <summary>Whether the frame is the gateway's ARP request for the guest's address.</summary>
    public bool AsksForGuest(ReadOnlySpan<byte> frame)
    {
        if (
            frame.Length < EthernetLength + ArpLength
            || !frame.Slice(6, 6).SequenceEqual(_gatewayMac)
            || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != ArpType
        )
        {
            return false;
        }
        var arp = frame[EthernetLength..];
        if (arp[7] != 1 || !arp.Slice(24, 4).SequenceEqual(_guest))
        {
            return false;
        }
        _asker = arp.Slice(14, 4).ToArray();
        return true;
    }

    /// <summary>What the frame says to <see cref="Syn"/>; null when it is no answer to it.</summary>
    public GuestProbeResult? Answer(ReadOnlySpan<byte> frame)
    {
        if (
            frame.Length < EthernetLength + Ipv4Length + TcpLength
            || BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != Ipv4Type
        )
        {
            return null;
        }
        var ip = frame[EthernetLength..];
        var headerLength = (ip[0] & 0x0f) * 4;
        if (
            ip[9] != TcpProtocol
            || ip.Length < headerLength + TcpLength
            || !ip.Slice(12, 4).SequenceEqual(_metadata)
            || !ip.Slice(16, 4).SequenceEqual(_guest)
        )
        {
            return null;
        }
        var tcp = ip[headerLength..];
        if (
            BinaryPrimitives.ReadUInt16BigEndian(tcp) != MetadataAddress.Port
            || BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]) != _port
        )
        {
            return null;
        }
        var flags = tcp[13];
        return (flags & ResetFlag) != 0 ? GuestProbeResult.Refused
            : (flags & SynFlag) != 0 ? GuestProbeResult.Accepted
            : null;
    }

    byte[] Tcp(uint sequence, byte flags)
    {
        var frame = Ethernet(Ipv4Type, Ipv4Length + TcpLength);
        var ip = frame.AsSpan(EthernetLength);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], Ipv4Length + TcpLength);
        ip[6] = 0x40; // Don't fragment.
        ip[8] = 64;
        ip[9] = TcpProtocol;
        _guest.CopyTo(ip[12..]);
        _metadata.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..Ipv4Length], 0));

        var tcp = ip[Ipv4Length..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, _port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], MetadataAddress.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        tcp[12] = TcpLength / 4 << 4;
        tcp[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], 64240);
        // The pseudo header: addresses, protocol, length (RFC 9293 §3.1).
        BinaryPrimitives.WriteUInt16BigEndian(
            tcp[16..],
            Checksum(tcp, Sum(_guest) + Sum(_metadata) + TcpProtocol + TcpLength)
        );
        return frame;
    }

    byte[] Ethernet(ushort type, int length)
    {
        var frame = new byte[EthernetLength + length];
        _gatewayMac.CopyTo(frame, 0);
        _guestMac.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        return frame;
    }

    static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }
        return sum;
    }

    /// <summary>RFC 1071, of an even number of octets.</summary>
    static ushort Checksum(ReadOnlySpan<byte> bytes, uint start)
    {
        var sum = start + Sum(bytes);
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (ushort)~sum;
    }
}
