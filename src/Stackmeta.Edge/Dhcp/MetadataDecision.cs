namespace Stackmeta.Edge;

/// <summary>Where a network's guests get their metadata (spec/neutron-metadata.md §1.4; Neutron's DHCP agent).</summary>
static class MetadataDecision
{
    /// <summary>Whether the DHCP namespace answers metadata requests.</summary>
    public static bool IsServed(EdgeNetwork network, EdgeOptions options)
    {
        if (network.Subnets.Any(subnet => subnet.OvnMetadataAddress is not null))
        {
            return false;
        }
        if (network.RouterAdvertisements && HasAddress(options) && network.Subnets.Any(subnet => subnet.IsIpv6))
        {
            // The IPv6 address is link-local. A router answers it only for guests that are told so (RFC 4191), by radvd in
            // Neutron's routers; dnsmasq cannot tell it, so it is answered on the link itself.
            return true;
        }
        var withDhcp = network.Subnets.Where(subnet => subnet.DhcpEnabled);
        return options.ForceMetadata
            ? withDhcp.Any()
            : options.EnableIsolatedMetadata && withDhcp.Any(subnet => !subnet.GatewayIsRouter);
    }

    /// <summary>Whether the namespace has 169.254.169.254 at all. Neutron asks only the options here, not the subnets.</summary>
    public static bool HasAddress(EdgeOptions options) => options.ForceMetadata || options.EnableIsolatedMetadata;
}
