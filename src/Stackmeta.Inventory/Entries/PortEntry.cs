using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>A port as the inventory holds it, in the words of Neutron's port resource.</summary>
/// <param name="Id">The uuid; empty for a new one.</param>
/// <param name="NetworkId">Id or name of the network; the inventory gives back the id. Cannot change.</param>
/// <param name="ProjectId">The owner; empty for that of the device, or of the network when the device is not known.</param>
/// <param name="DeviceId">
/// What the port belongs to: the uuid of an instance or router, or any other text; empty for nothing. The name of an
/// instance or router is taken too and replaced by its uuid.
/// </param>
/// <param name="DeviceOwner">One of <see cref="DeviceOwners"/> or any other text; empty for what the device is.</param>
/// <param name="MacAddress">
/// Six octets, lower case, with colons, unique in the network; empty for a random one that begins with <c>fa:16:3e</c>.
/// </param>
/// <param name="FixedIps">
/// Addresses in order. Null asks for one of the network's first IPv4 subnet and one of each IPv6 subnet; never null when given back.
/// </param>
/// <param name="VifType">How the interface is plugged, for example <c>ovs</c>; empty for <c>bridge</c>.</param>
/// <param name="HostId">The host that the guest runs on (Neutron's <c>binding:host_id</c>); empty when it may be on any.</param>
public sealed record PortEntry(
    string Id = "",
    string Name = "",
    string NetworkId = "",
    string ProjectId = "",
    string DeviceId = "",
    string DeviceOwner = "",
    string MacAddress = "",
    ImmutableArray<FixedIpEntry>? FixedIps = null,
    string VifType = "",
    string HostId = ""
);

/// <summary>An address of a port.</summary>
/// <param name="SubnetId">Id or name of the subnet; empty when the address tells which.</param>
/// <param name="IpAddress">Canonical text; empty for an automatic one.</param>
public sealed record FixedIpEntry(string SubnetId = "", string IpAddress = "")
{
    /// <summary>Addresses from outside that lead to this one.</summary>
    public ImmutableArray<string> FloatingIps
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];
}
