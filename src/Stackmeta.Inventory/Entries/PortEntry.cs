using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>A port as the inventory holds it, in the words of Neutron's port resource.</summary>
public sealed record PortEntry
{
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

    /// <summary>The owner; empty for that of the device, or of the network when the device is not known.</summary>
    public string ProjectId
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>
    /// What the port belongs to: the uuid of an instance or router, or any other text; empty for nothing. The name of an
    /// instance or router is taken too and replaced by its uuid.
    /// </summary>
    public string DeviceId
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>One of <see cref="DeviceOwners"/> or any other text; empty for what the device is.</summary>
    public string DeviceOwner
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Six octets, lower case, with colons, unique in the network; empty for a random one that begins with <c>fa:16:3e</c>.</summary>
    public string MacAddress
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Addresses in order. Null asks for one of the network's first IPv4 subnet and one of each IPv6 subnet; never null when given back.</summary>
    public ImmutableArray<FixedIpEntry>? FixedIps { get; init; }

    /// <summary>How the interface is plugged, for example <c>ovs</c>; empty for <c>bridge</c>.</summary>
    public string VifType
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>The host that the guest runs on (Neutron's <c>binding:host_id</c>); empty when it may be on any.</summary>
    public string HostId
    {
        get;
        init => field = value ?? "";
    } = "";
}

/// <summary>An address of a port.</summary>
public sealed record FixedIpEntry
{
    /// <summary>Id or name of the subnet; empty when the address tells which.</summary>
    public string SubnetId
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Canonical text; empty for an automatic one.</summary>
    public string IpAddress
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Addresses from outside that lead to this one.</summary>
    public ImmutableArray<string> FloatingIps
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];
}
