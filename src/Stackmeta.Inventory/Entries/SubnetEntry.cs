using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Stackmeta.Inventory;

/// <summary>A subnet as the inventory holds it, in the words of Neutron's subnet resource.</summary>
/// <param name="EnableDhcp">Whether guests get their addresses by DHCP. The network then has a DHCP port with an address in this subnet.</param>
public sealed record SubnetEntry([property: JsonPropertyOrder(1)] bool EnableDhcp = true)
{
    /// <summary>Written for <see cref="GatewayIp"/>: the first address of the subnet.</summary>
    public const string AutomaticGateway = "auto";

    /// <summary>The uuid; empty for a new one.</summary>
    public string Id
    {
        get;
        init => field = value ?? "";
    } = "";

    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Id or name of the network; the inventory gives back the id. Cannot change.</summary>
    public string NetworkId
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>For example <c>10.0.0.0/24</c>, host bits zero. Cannot change.</summary>
    public string Cidr
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>An address inside the subnet, <see cref="AutomaticGateway"/>, or null for none.</summary>
    public string? GatewayIp { get; init; }

    /// <summary>The address of the DHCP port in this subnet; null for an automatic one, and always null without DHCP.</summary>
    public string? DhcpServer { get; init; }

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
