using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Core.Networks;

/// <summary>Addresses that no guest can have: whoever sends from one of them is not known by it.</summary>
public static class ReservedAddresses
{
    static readonly ImmutableArray<ReservedRange> Ranges =
    [
        new("0.0.0.0/8", "addresses of no host (RFC 1122 §3.2.1.3)"),
        new("127.0.0.0/8", "loopback addresses (RFC 1122 §3.2.1.3)"),
        new("169.254.0.0/16", "link-local addresses (RFC 3927), the metadata service's among them"),
        new("224.0.0.0/4", "addresses of groups (RFC 5771)"),
        new("240.0.0.0/4", "reserved addresses (RFC 1112 §4) and the broadcast address"),
        new("::/128", "the unspecified address (RFC 4291 §2.5.2)"),
        new("::1/128", "the loopback address (RFC 4291 §2.5.3)"),
        new("::ffff:0.0.0.0/96", "IPv4 addresses in IPv6 form (RFC 4291 §2.5.5.2)"),
        // A guest with a link-local address is known by its MAC.
        new("fe80::/10", "link-local addresses (RFC 4291 §2.5.6), the metadata service's among them"),
        new("ff00::/8", "addresses of groups (RFC 4291 §2.7)"),
    ];

    /// <summary>Whether an address is one of them.</summary>
    public static bool Contains(IPAddress address) => FindAround(address) is not null;

    /// <summary>The range that an address lies in; null for none.</summary>
    public static ReservedRange? FindAround(IPAddress address) =>
        Ranges.FirstOrDefault(range =>
            range.Family == address.AddressFamily
            && address.ToNumber() is var number
            && range.First <= number
            && number <= range.Last
        );

    /// <summary>The first range that a network lies in, holds, or holds a part of; null for none.</summary>
    public static ReservedRange? FindTouching(IPNetwork network)
    {
        var (first, last) = network.Bounds();
        return Ranges.FirstOrDefault(range =>
            range.Family == network.BaseAddress.AddressFamily && range.First <= last && first <= range.Last
        );
    }
}

/// <summary>A range of reserved addresses.</summary>
public sealed class ReservedRange
{
    readonly string _text;

    /// <param name="cidr">As text.</param>
    /// <param name="meaning">What these addresses are, for a sentence.</param>
    public ReservedRange(string cidr, string meaning)
    {
        // An IPNetwork of IPv4 addresses in IPv6 form holds others than those.
        var slash = cidr.IndexOf('/', StringComparison.Ordinal);
        var address = IPAddress.Parse(cidr.AsSpan(0, slash));
        _text = $"{cidr}, {meaning}";
        Family = address.AddressFamily;
        First = address.ToNumber();
        Last = First.LastOf(Family, int.Parse(cidr.AsSpan(slash + 1), CultureInfo.InvariantCulture));
    }

    public AddressFamily Family { get; }

    public UInt128 First { get; }

    public UInt128 Last { get; }

    public override string ToString() => _text;
}
