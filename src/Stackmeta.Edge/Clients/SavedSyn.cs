using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Stackmeta.Core.Networks;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// The first packet of a connection, which the kernel keeps with its Ethernet header from Linux 5.10 on (TCP_SAVE_SYN = 2, linux/tcp.h):
/// it says who has sent it, and nothing that is sent later changes that.
/// </summary>
/// <remarks>
/// It says what the frame claimed. That is proof where a port can send with its own MAC only. Of a SYN that was sent twice the kernel keeps
/// the first.
/// </remarks>
static class SavedSyn
{
    // linux/in.h, linux/tcp.h, asm-generic/errno-base.h.
    const int IpProtoTcp = 6;
    const int TcpSaveSyn = 27;
    const int TcpSavedSyn = 28;
    const int InvalidArgument = 22;

    /// <summary>The Ethernet header too, where there is one.</summary>
    const byte FromLinkLayer = 2;

    /// <summary>With all options of IPv6 and TCP it is 134 bytes long; only extension headers make it longer.</summary>
    const int UsualLength = 256;

    /// <summary>More than any interface takes in one packet.</summary>
    const int LongestLength = 128 * 1024;

    // linux/if_ether.h, linux/ipv6.h, linux/in6.h; RFC 791, RFC 8200, RFC 9293.
    const int EthernetHeader = 14;
    const int EthernetSource = 6;
    const int EthernetType = 12;
    const ushort TypeIpv4 = 0x0800;
    const ushort TypeIpv6 = 0x86dd;
    const int Ipv4Header = 20;
    const int Ipv4Protocol = 9;
    const int Ipv4Source = 12;
    const int Ipv6Header = 40;
    const int Ipv6NextHeader = 6;
    const int Ipv6Source = 8;
    const byte HopByHop = 0;
    const byte Routing = 43;
    const byte DestinationOptions = 60;
    const int TcpHeader = 20;
    const int TcpDataOffset = 12;

    /// <summary>Whether this kernel keeps SYNs with their Ethernet headers.</summary>
    public static bool IsSupported { get; } = Probe();

    /// <summary>Has the kernel keep the SYNs of a listening socket's connections from now on; needs no right.</summary>
    /// <returns>False when this kernel does not.</returns>
    public static bool TryKeep(Socket listening)
    {
        try
        {
            ReadOnlySpan<byte> value = [FromLinkLayer, 0, 0, 0];
            listening.SetRawSocketOption(IpProtoTcp, TcpSaveSyn, value);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads who has sent the SYN of a connection. Once: the kernel frees it then.</summary>
    /// <param name="connection">Just accepted.</param>
    /// <param name="peer">Its peer, IPv4 not mapped into IPv6.</param>
    /// <param name="source">Gets the MAC, when the result is <see cref="SynSource.Ethernet"/>.</param>
    [SkipLocalsInit]
    public static SynSource Read(Descriptor connection, IPEndPoint peer, out EthernetAddress source)
    {
        Span<byte> buffer = stackalloc byte[UsualLength];
        var length = buffer.Length;
        if (Libc.GetSocketOption(connection, IpProtoTcp, TcpSavedSyn, ref buffer[0], ref length) == 0)
        {
            return Parse(buffer[..length], peer, out source);
        }
        if (Marshal.GetLastPInvokeError() == InvalidArgument)
        {
            // The buffer is too small, and the SYN is still there.
            return ReadLong(connection, peer, out source);
        }
        source = default;
        return SynSource.Unreadable;
    }

    static SynSource ReadLong(Descriptor connection, IPEndPoint peer, out EthernetAddress source)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestLength);
        try
        {
            var length = buffer.Length;
            if (Libc.GetSocketOption(connection, IpProtoTcp, TcpSavedSyn, ref buffer[0], ref length) == 0)
            {
                return Parse(buffer.AsSpan(0, length), peer, out source);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        source = default;
        return SynSource.Unreadable;
    }

    /// <summary>Takes the source out of what the kernel has kept.</summary>
    /// <param name="syn">Headers from the lowest layer that the interface has.</param>
    /// <param name="peer">The connection's, IPv4 not mapped into IPv6: by it the beginning of the IP header is told for sure.</param>
    /// <param name="source">Gets the MAC, when the result is <see cref="SynSource.Ethernet"/>.</param>
    public static SynSource Parse(ReadOnlySpan<byte> syn, IPEndPoint peer, out EthernetAddress source)
    {
        source = default;
        if (syn.IsEmpty)
        {
            return SynSource.NotKept;
        }
        if (IsIpFrom(peer, syn))
        {
            return SynSource.NoEthernet;
        }
        if (syn.Length <= EthernetHeader || !IsIpFrom(peer, syn[EthernetHeader..]) || !HasTypeOf(syn))
        {
            return SynSource.Unreadable;
        }
        source = EthernetAddress.Read(syn[EthernetSource..]);
        // The loopback interface has zeros.
        return source.IsUnicast ? SynSource.Ethernet : SynSource.NoEthernet;
    }

    static bool HasTypeOf(ReadOnlySpan<byte> syn) =>
        BinaryPrimitives.ReadUInt16BigEndian(syn[EthernetType..])
        == (syn[EthernetHeader] >> 4 == 4 ? TypeIpv4 : TypeIpv6);

    /// <summary>Whether it is an IP header and a TCP header, and nothing more, of a packet from the peer.</summary>
    static bool IsIpFrom(IPEndPoint peer, ReadOnlySpan<byte> packet)
    {
        Span<byte> address = stackalloc byte[16];
        peer.Address.TryWriteBytes(address, out var size);
        address = address[..size];
        return size == 4 ? IsIpv4From(address, peer.Port, packet) : IsIpv6From(address, peer.Port, packet);
    }

    static bool IsIpv4From(ReadOnlySpan<byte> address, int port, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ipv4Header || packet[0] >> 4 != 4)
        {
            return false;
        }
        var length = (packet[0] & 0xf) * 4;
        return length >= Ipv4Header
            && packet[Ipv4Protocol] == IpProtoTcp
            && packet[Ipv4Source..].StartsWith(address)
            && packet.Length > length
            && IsTcpFrom(port, packet[length..]);
    }

    static bool IsIpv6From(ReadOnlySpan<byte> address, int port, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ipv6Header || packet[0] >> 4 != 6 || !packet[Ipv6Source..].StartsWith(address))
        {
            return false;
        }
        var next = packet[Ipv6NextHeader];
        var rest = packet[Ipv6Header..];
        while (next is HopByHop or Routing or DestinationOptions)
        {
            // In units of eight octets, the first not counted (RFC 8200 §4.2).
            if (rest.Length < 2 || (rest[1] + 1) * 8 is var length && length > rest.Length)
            {
                return false;
            }
            next = rest[0];
            rest = rest[length..];
        }
        return next == IpProtoTcp && IsTcpFrom(port, rest);
    }

    static bool IsTcpFrom(int port, ReadOnlySpan<byte> segment) =>
        segment.Length >= TcpHeader
        && BinaryPrimitives.ReadUInt16BigEndian(segment) == port
        && segment.Length == (segment[TcpDataOffset] >> 4) * 4;

    static bool Probe()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            return TryKeep(socket);
        }
        catch (SocketException)
        {
            // No IPv4 or no descriptor: where it matters, each connection shows by itself.
            return true;
        }
    }
}

/// <summary>What a saved SYN says of who has sent it.</summary>
enum SynSource
{
    /// <summary>A MAC.</summary>
    Ethernet,

    /// <summary>
    /// The kernel has kept none: it answered the SYN by a cookie, since too many connections were half made, or was not told to keep it.
    /// </summary>
    NotKept,

    /// <summary>It came over an interface without MACs: a tunnel, or the loopback interface.</summary>
    NoEthernet,

    /// <summary>It is nothing that this program knows, or cannot be read.</summary>
    Unreadable,
}
