using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>A network with everything on it: what a DHCP server and a metadata listener must know.</summary>
public sealed record NetworkLayout(
    NetworkEntry Network,
    ImmutableArray<SubnetEntry> Subnets,
    ImmutableArray<PortLayout> Ports
)
{
    /// <summary>
    /// Rows of the network, its own or of its subnets and ports, that are missing here because they cannot be understood.
    /// </summary>
    public ImmutableArray<RecordFault> Faults { get; init; } = [];

    /// <summary>The port of the DHCP server, which has an address in each subnet with DHCP; null when no subnet has DHCP.</summary>
    public PortEntry? DhcpPort => Ports.FirstOrDefault(port => port.Port.DeviceOwner == DeviceOwners.Dhcp)?.Port;
}

/// <summary>A port on a network.</summary>
/// <param name="Hostname">The host name of the instance that the port belongs to; null when it belongs to none that is known.</param>
public sealed record PortLayout(PortEntry Port, string? Hostname);
