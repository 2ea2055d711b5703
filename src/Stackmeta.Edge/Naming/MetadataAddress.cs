using System.Net;

namespace Stackmeta.Edge;

/// <summary>The addresses that guests ask (spec/neutron-metadata.md §9).</summary>
public static class MetadataAddress
{
    /// <summary>169.254.169.254.</summary>
    public static IPAddress Ipv4 { get; } = new([169, 254, 169, 254]);

    /// <summary>fe80::a9fe:a9fe, without a scope.</summary>
    public static IPAddress Ipv6 { get; } = IPAddress.Parse("fe80::a9fe:a9fe");

    /// <summary>The port that guests ask.</summary>
    public const int Port = 80;

    /// <summary>The port of the proxy in a router's namespace, to which port 80 is redirected there.</summary>
    public const int RouterPort = 9697;

    /// <summary>An IPv6 link needs this MTU (RFC 8200 §5); below it the kernel has no IPv6 on the link (LP#2103417).</summary>
    public const int SmallestIpv6Mtu = 1280;
}
