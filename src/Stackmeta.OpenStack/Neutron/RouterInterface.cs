using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>The ports by which a router is attached to networks (spec/neutron-metadata.md §3.4).</summary>
static class RouterInterface
{
    public static readonly ImmutableArray<string> Owners =
    [
        "network:router_interface",
        "network:ha_router_replicated_interface",
        "network:router_interface_distributed",
    ];
}
