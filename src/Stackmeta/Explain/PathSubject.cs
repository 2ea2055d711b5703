using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
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

    /// <summary>Other ports of the network with the same address or MAC.</summary>
    public ImmutableArray<PortEntry> Rivals { get; init; } = [];

    /// <summary>The guest's address on the network; null when its port has none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The subnet of <see cref="Address"/>; null where it is in none that is known.</summary>
    public SubnetEntry? Subnet { get; init; }

    /// <summary>The DHCP server's port; null where no subnet has DHCP.</summary>
    public PortEntry? DhcpPort { get; init; }

    /// <summary>The router interface that is the subnet's gateway, whose router then serves metadata; null on an isolated subnet.</summary>
    public PortEntry? RouterPort { get; init; }

    /// <summary>Whether the network has an IPv6 subnet, and so speaks IPv6 to its guests.</summary>
    public bool HasIpv6 { get; init; }

    /// <summary>The ends on the bridge of namespaces' links, which are no guests.</summary>
    public ImmutableArray<string> NamespaceEnds { get; init; } = [];

    /// <summary>Null when the port's device is nobody that the inventory knows.</summary>
    public InstanceEntry? Instance { get; init; }

    /// <summary>Whether an inventory was read; without one nothing is known but addresses and what this host shows.</summary>
    public bool IsFromInventory { get; init; } = true;

    /// <summary>Whether the subnet's metadata comes from its router.</summary>
    public bool IsRouted => RouterPort is not null;

    /// <summary>The namespace that serves the guest's metadata requests.</summary>
    public string Namespace =>
        RouterPort is { } port
            ? DeviceNames.RouterNamespace(Guid.Parse(port.DeviceId))
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
        RouterPort is { } port
            ? ("X-Neutron-Router-ID", port.DeviceId)
            : ("X-Neutron-Network-ID", NetworkId.ToString());

    /// <summary>The same for the look-up.</summary>
    public NetworkScope Scope =>
        RouterPort is { } port
            ? new(NetworkScopeKind.Router, port.DeviceId)
            : new(NetworkScopeKind.Network, NetworkId.ToString());

    /// <summary>The guest's MAC; null where no port is known.</summary>
    public PhysicalAddress? Mac => Port is { } port ? PhysicalAddress.Parse(port.MacAddress) : null;

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
            return Address is { } address && address.ToString() != who
                ? $"{who}, {address} on network {network}"
                : $"{who} on network {network}";
        }
    }
}
