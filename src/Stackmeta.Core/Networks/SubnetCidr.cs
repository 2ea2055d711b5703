using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Core.Networks;

/// <summary>An address with a prefix length, such as <c>10.0.0.5/24</c>; without a length it is one address.</summary>
public readonly struct SubnetCidr
{
    readonly UInt128 _address;
    readonly int _width;

    SubnetCidr(UInt128 address, int width, int prefixLength)
    {
        _address = address;
        _width = width;
        PrefixLength = prefixLength;
    }

    public int PrefixLength { get; }

    /// <exception cref="FormatException">For a text that is none.</exception>
    public static SubnetCidr Parse(string text) =>
        TryParse(text, out var cidr) ? cidr : throw new FormatException("Not an address with a prefix length.");

    public static bool TryParse(string text, out SubnetCidr cidr)
    {
        cidr = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var address))
        {
            return false;
        }
        var width = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var prefixLength = width;
        if (
            slash >= 0
            && (
                !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefixLength)
                || prefixLength > width
            )
        )
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        cidr = new(
            width == 32 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes),
            width,
            prefixLength
        );
        return true;
    }

    /// <summary>The mask, written as an address.</summary>
    public int FormatNetmask(Span<byte> utf8) => Format(Mask, utf8);

    /// <summary>The address with its host bits cleared.</summary>
    public int FormatNetwork(Span<byte> utf8) => Format(_address & Mask, utf8);

    /// <summary>Whether an IPv4 subnet is large enough to have a broadcast address.</summary>
    public bool HasBroadcast => PrefixLength < 31;

    /// <summary>The address with its host bits set; IPv4 only.</summary>
    public int FormatBroadcast(Span<byte> utf8) => Format(_address | (~Mask & uint.MaxValue), utf8);

    UInt128 Mask =>
        PrefixLength == 0 ? UInt128.Zero
        : _width == 32 ? uint.MaxValue << (32 - PrefixLength)
        : UInt128.MaxValue << (128 - PrefixLength);

    /// <summary>Longest text of an address: eight groups of four digits.</summary>
    public const int LongestText = 45;

    int Format(UInt128 address, Span<byte> utf8) =>
        _width == 32 ? AddressText.FormatIpv4((uint)address, utf8) : AddressText.FormatIpv6(address, utf8);
}
