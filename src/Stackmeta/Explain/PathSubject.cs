using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Stackmeta.Core.Lookups;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Whose path is explained, as far as the inventory knows it.</summary>
sealed record PathSubject
{
    /// <summary>What was asked for.</summary>
    public required string Asked { get; init; }

    /// <summary>The network that the guest is on.</summary>
    public required Guid NetworkId { get; init; }

    public string NetworkName { get; init; } = "";

    /// <summary>Bytes; 0 where the network names none.</summary>
    public int Mtu { get; init; }

    /// <summary>Null when no port has the address.</summary>
    public PortEntry? Port { get; init; }

    /// <summary>How many ports fit what was asked; the first is explained.</summary>
    public int PortCount { get; init; } = 1;

    /// <summary>The guest's address on the network; null when its port has none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The subnet of <see cref="Address"/>; null where it is in none that is known.</summary>
    public SubnetEntry? Subnet { get; init; }

    /// <summary>The DHCP server's port; null where no subnet has DHCP.</summary>
    public PortEntry? DhcpPort { get; init; }

    /// <summary>The DHCP server's address in <see cref="Subnet"/>; null where it has none.</summary>
    public string? DhcpAddress =>
        DhcpPort?.FixedIps?.FirstOrDefault(fixedIp => fixedIp.SubnetId == Subnet?.Id)?.IpAddress;

    /// <summary>The router interface that is the subnet's gateway, whose router then serves metadata; null on an isolated subnet.</summary>
    public PortEntry? RouterPort { get; init; }

    /// <summary>Whether the network has an IPv6 subnet, and so speaks IPv6 to its guests.</summary>
    public bool HasIpv6 { get; init; }

    /// <summary>The ends on the bridge of namespaces' links, which are no guests.</summary>
    public ImmutableArray<string> NamespaceEnds { get; init; } = [];

    /// <summary>Null when the port's device is nobody that the inventory knows.</summary>
    public InstanceEntry? Instance { get; init; }

    /// <summary>Who tells what is known; see <see cref="SubjectOrigin"/>.</summary>
    public SubjectOrigin Origin { get; init; }

    public bool IsFromInventory => Origin == SubjectOrigin.Inventory;

    /// <summary>Whether OVN's metadata agent made the network's namespace, and not a DHCP agent.</summary>
    public bool IsOvn { get; init; }

    /// <summary>Whether the edge makes a namespace for the network: not where no subnet has DHCP.</summary>
    public bool IsProvided => DhcpPort is not null || IsRouted;

    /// <summary>Whether the subnet's metadata comes from its router.</summary>
    public bool IsRouted => RouterPort is not null;

    /// <summary>The namespace that serves the guest's metadata requests.</summary>
    public string Namespace =>
        RouterPort is { } port ? DeviceNames.RouterNamespace(Guid.Parse(port.DeviceId))
        : IsOvn ? DeviceNames.OvnNamespace(NetworkId)
        : DeviceNames.DhcpNamespace(NetworkId);

    /// <summary>Its interface on the guest's network, as we and Neutron name it; null where nobody knows the port.</summary>
    public string? Device =>
        RouterPort is { } port ? DeviceNames.RouterInterface(Guid.Parse(port.Id))
        : DhcpPort is { } dhcp ? DeviceNames.Tap(Guid.Parse(dhcp.Id))
        : null;

    /// <summary>Where the proxy listens in the namespace.</summary>
    public int ListenPort => IsRouted ? MetadataAddress.RouterPort : MetadataAddress.Port;

    /// <summary>The header by which a proxy names the scope to the agent (spec/neutron-metadata.md §1.2).</summary>
    public (string Name, string Value) ScopeHeader =>
        RouterPort is { } port ? ("X-Neutron-Router-ID", port.DeviceId)
        : IsOvn ? ("X-OVN-Network-ID", NetworkId.ToString())
        : ("X-Neutron-Network-ID", NetworkId.ToString());

    /// <summary>The same for the look-up.</summary>
    public NetworkScope Scope =>
        RouterPort is { } port
            ? new(NetworkScopeKind.Router, port.DeviceId)
            : new(NetworkScopeKind.Network, NetworkId.ToString());

    /// <summary>The metadata address that the guest asks: the IPv6 one only where its port has no IPv4 address.</summary>
    public IPAddress MetadataIp =>
        Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? MetadataAddress.Ipv6 : MetadataAddress.Ipv4;

    /// <summary>The guest's MAC; null where no port is known.</summary>
    public PhysicalAddress? Mac => Port is { MacAddress: { Length: > 0 } mac } ? PhysicalAddress.Parse(mac) : null;

    /// <summary>For the head line.</summary>
    public string Title
    {
        get
        {
            var who =
                Instance?.Name is { Length: > 0 } name ? name
                : Port?.DeviceId is { Length: > 0 } device ? device
                : Asked;
            var network = NetworkName.Length > 0 ? NetworkName : NetworkId.ToString();
            var others = PortCount > 1 ? $" (the first of {PortCount} ports)" : "";
            return Address is { } address && address.ToString() != who
                ? $"{who}, {address} on network {network}{others}"
                : $"{who} on network {network}{others}";
        }
    }
}

/// <summary>Who tells whose path it is.</summary>
enum SubjectOrigin
{
    /// <summary>Our own inventory; our edge makes the networks.</summary>
    Inventory,

    /// <summary>Neutron, whose agents make the networks.</summary>
    Neutron,

    /// <summary>Nobody: nothing is known but the address and what this host shows.</summary>
    Nobody,
}
