using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Core.Networks;

/// <summary>IP addresses as numbers, for counting through a subnet.</summary>
public static class AddressNumber
{
    public static UInt128 ToNumber(this IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public static IPAddress ToAddress(this UInt128 number, AddressFamily family)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(family == AddressFamily.InterNetwork ? bytes[12..] : bytes);
    }

    /// <summary>
    /// The first and last address of a subnet that a host may have: in IPv4 neither the network's own nor the broadcast
    /// address (RFC 1122 §3.2.1.3) but for prefixes of 31 (RFC 3021) and 32; in IPv6 not the routers' anycast address (RFC 4291 §2.6.1)
    /// but for prefixes of 127 (RFC 6164) and 128.
    /// </summary>
    public static (UInt128 First, UInt128 Last) Hosts(this IPNetwork subnet)
    {
        var isIPv4 = subnet.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        var hostBits = (isIPv4 ? 32 : 128) - subnet.PrefixLength;
        var (first, last) = subnet.Bounds();
        return hostBits <= 1 ? (first, last) : (first + 1, isIPv4 ? last - 1 : last);
    }

    /// <summary>The first and last address of all.</summary>
    public static (UInt128 First, UInt128 Last) Bounds(this IPNetwork network)
    {
        var first = network.BaseAddress.ToNumber();
        return (first, first.LastOf(network.BaseAddress.AddressFamily, network.PrefixLength));
    }

    /// <summary>The last of the addresses that begin with a network's own and have its prefix.</summary>
    public static UInt128 LastOf(this UInt128 first, AddressFamily family, int prefixLength)
    {
        var hostBits = (family == AddressFamily.InterNetwork ? 32 : 128) - prefixLength;
        return first + (hostBits == 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1);
    }

    /// <summary>The address that a host gives itself in a subnet of prefix length 64 (RFC 4291 appendix A).</summary>
    /// <param name="mac">Canonical text.</param>
    public static IPAddress InterfaceAddress(this IPNetwork subnet, string mac)
    {
        Span<byte> bytes = stackalloc byte[16];
        subnet.BaseAddress.TryWriteBytes(bytes, out _);
        var octets = Convert.FromHexString(mac.Replace(":", "", StringComparison.Ordinal));
        octets.AsSpan(0, 3).CopyTo(bytes[8..]);
        octets.AsSpan(3, 3).CopyTo(bytes[13..]);
        bytes[8] ^= 0x02;
        bytes[11] = 0xff;
        bytes[12] = 0xfe;
        return new IPAddress(bytes);
    }
}
