using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary>How guests of a subnet come by their addresses, in the words of network_data.json (spec/nova-metadata.md §3.3).</summary>
static class SubnetConfiguration
{
    /// <summary>The guest asks; it is told nothing else.</summary>
    public const string Dhcp = "dhcp";

    /// <summary>An IPv6 address mode, <see cref="Dhcp"/>, or null for a static address. The mode goes before DHCP.</summary>
    public static string? Of(InterfaceSubnet subnet, Compatibility compatibility) =>
        subnet.Ipv6AddressMode
        ?? (
            subnet.DhcpServer is not null || (subnet.DhcpEnabled && compatibility >= Compatibility.Antelope)
                ? Dhcp
                : null
        );
}
