using System.Collections.Immutable;

namespace Stackmeta.Core.Instances;

/// <summary>
/// One interface of an instance with its network, as Nova keeps it in its network info cache (spec/nova-metadata.md §7.5).
/// </summary>
public sealed record NetworkInterface
{
    /// <summary>The port's id.</summary>
    public required string? Id { get; init; }

    public string? MacAddress { get; init; }

    /// <summary>How the interface is plugged, for example <c>ovs</c> or <c>bridge</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Name of the device on the host, for example <c>tap3b66c176-19</c>.</summary>
    public string? DeviceName { get; init; }

    /// <summary>Null when the cache has no network for this interface, which is then not shown.</summary>
    public InterfaceNetwork? Network { get; init; }
}

/// <summary>The network of an interface.</summary>
public sealed record InterfaceNetwork
{
    public string? Id { get; init; }

    /// <summary>Bytes; null when not known.</summary>
    public int? Mtu { get; init; }

    /// <summary>Set instead of <see cref="Mtu"/> where the cache holds a text, which is shown as a text.</summary>
    public string? MtuText { get; init; }

    /// <summary>Whether the guest's network configuration is injected as a file (Nova's <c>flat_injected</c>).</summary>
    public bool Injected { get; init; }

    public ImmutableArray<InterfaceSubnet> Subnets { get; init; } = [];
}

/// <summary>A subnet of an interface's network with the addresses that the interface has in it.</summary>
public sealed record InterfaceSubnet
{
    /// <summary>4 or 6.</summary>
    public required int Version { get; init; }

    /// <summary>For example <c>10.0.0.0/24</c>, as stored.</summary>
    public required string Cidr { get; init; }

    /// <summary>Null when the subnet has no gateway.</summary>
    public string? Gateway { get; init; }

    public ImmutableArray<string> DnsServers { get; init; } = [];

    public ImmutableArray<HostRoute> Routes { get; init; } = [];

    public ImmutableArray<FixedIp> FixedIps { get; init; } = [];

    /// <summary>Address of the DHCP server; its presence makes the subnet a DHCP subnet.</summary>
    public string? DhcpServer { get; init; }

    /// <summary>Set instead of <see cref="DhcpServer"/> by newer clouds whose DHCP is distributed.</summary>
    public bool DhcpEnabled { get; init; }

    /// <summary><c>slaac</c>, <c>dhcpv6-stateless</c>, <c>dhcpv6-stateful</c> or null.</summary>
    public string? Ipv6AddressMode { get; init; }
}

/// <summary>A route that a subnet gives to its guests.</summary>
public sealed record HostRoute(string Cidr, string? Gateway);

/// <summary>An address of an interface with the floating addresses that lead to it.</summary>
public sealed record FixedIp(string Address, ImmutableArray<string> FloatingIps);
