using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>What a port belongs to, in Neutron's words (neutron-lib, <c>constants.py</c>).</summary>
public static class DeviceOwners
{
    /// <summary>An instance; what follows the colon is an availability zone and tells nothing here.</summary>
    public const string Compute = "compute:nova";

    /// <summary>What all owners of instances' ports begin with.</summary>
    public const string ComputePrefix = "compute:";

    /// <summary>What the owners of ports begin with that belong to the network itself, and to no instance.</summary>
    public const string NetworkPrefix = "network:";

    /// <summary>The DHCP server of a network.</summary>
    public const string Dhcp = "network:dhcp";

    /// <summary>An interface of a router.</summary>
    public const string RouterInterface = "network:router_interface";

    /// <summary>The three owners that make a network one of a router's (spec/neutron-metadata.md §3.4).</summary>
    public static ImmutableArray<string> RouterInterfaces { get; } =
    [RouterInterface, "network:ha_router_replicated_interface", "network:router_interface_distributed"];
}
