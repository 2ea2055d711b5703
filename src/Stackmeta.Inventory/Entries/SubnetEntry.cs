using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Stackmeta.Inventory;

/// <summary>A subnet as the inventory holds it, in the words of Neutron's subnet resource.</summary>
/// <param name="EnableDhcp">Whether guests get their addresses by DHCP. The network then has a DHCP port with an address in this
/// subnet.</param>
/// <param name="Id">The uuid; empty for a new one.</param>
/// <param name="NetworkId">Id or name of the network; the inventory gives back the id. Cannot change.</param>
/// <param name="Cidr">For example <c>10.0.0.0/24</c>, host bits zero. Cannot change.</param>
/// <param name="GatewayIp">An address inside the subnet, <see cref="AutomaticGateway"/>, or null for none.</param>
/// <param name="DhcpServer">The address of the DHCP port in this subnet; null for an automatic one, and always null without DHCP.</param>
public sealed record SubnetEntry(
    [property: JsonPropertyOrder(1)] bool EnableDhcp = true,
    string Id = "",
    string Name = "",
    string NetworkId = "",
    string Cidr = "",
    string? GatewayIp = null,
    string? DhcpServer = null
)
{
    /// <summary>Written for <see cref="GatewayIp"/>: the first address of the subnet.</summary>
    public const string AutomaticGateway = "auto";

    public ImmutableArray<string> DnsNameservers
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    public ImmutableArray<HostRouteEntry> HostRoutes
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary><c>slaac</c>, <c>dhcpv6-stateless</c>, <c>dhcpv6-stateful</c> or null; only for IPv6.</summary>
    public string? Ipv6AddressMode { get; init; }
}

/// <summary>A route that a subnet's guests get.</summary>
/// <param name="Destination">A CIDR.</param>
/// <param name="Nexthop">An address of the same family.</param>
public sealed record HostRouteEntry(string Destination, string Nexthop);
