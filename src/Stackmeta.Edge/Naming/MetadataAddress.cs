using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>The addresses that guests ask (spec/neutron-metadata.md §9).</summary>
public static class MetadataAddress
{
    /// <summary>169.254.169.254.</summary>
    public static IPAddress Ipv4 { get; } = new([169, 254, 169, 254]);

    /// <summary>fe80::a9fe:a9fe, without a scope.</summary>
    public static IPAddress Ipv6 { get; } = SubnetRequirements.MetadataAddress;

    /// <summary>The port that guests ask.</summary>
    public const int Port = 80;

    /// <summary>The port of the proxy in a router's namespace, to which port 80 is redirected there.</summary>
    public const int RouterPort = 9697;
}
