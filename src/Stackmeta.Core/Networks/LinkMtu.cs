namespace Stackmeta.Core.Networks;

/// <summary>The MTU of a network's link.</summary>
public static class LinkMtu
{
    /// <summary>RFC 791 §3.2: every IPv4 link carries this much.</summary>
    public const int Smallest = 68;

    /// <summary>The longest packet that an IPv4 header can tell (RFC 791 §3.1).</summary>
    public const int Largest = 65535;

    /// <summary>An IPv6 link needs this much (RFC 8200 §5); below it the kernel has no IPv6 on the link (LP#2103417).</summary>
    public const int SmallestIpv6 = 1280;

    /// <summary>What is wrong with it, without a final dot; null when nothing is.</summary>
    public static string? FindFault(int mtu) =>
        mtu is < Smallest or > Largest ? $"{mtu} is not between {Smallest} and {Largest}" : null;

    /// <summary>Why a network with an IPv6 subnet cannot have it, without a final dot; null when it can.</summary>
    public static string? FindIpv6Fault(int mtu) =>
        mtu < SmallestIpv6
            ? $"{mtu} is less than {SmallestIpv6}, which every link with an IPv6 subnet needs (RFC 8200 §5)"
            : null;
}
