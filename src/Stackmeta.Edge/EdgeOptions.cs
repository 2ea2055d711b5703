using System.Collections.Immutable;
using System.Net;

namespace Stackmeta.Edge;

/// <summary>What holds for all networks of a host. The names follow Neutron's options (spec/neutron-metadata.md §5).</summary>
public sealed record EdgeOptions
{
    /// <summary>The default of <see cref="LinkLocalAddresses"/>, here and in the settings.</summary>
    public const int DefaultLinkLocalAddresses = 8;

    /// <summary>
    /// Where the files of the running networks lie. Namespaces do not survive a reboot, so neither need these; dnsmasq and
    /// haproxy read them as ordinary users, so every directory above must let others pass.
    /// </summary>
    public string RunDirectory { get; init; } = "/run/stackmeta";

    /// <summary>The unix socket of the metadata agent, to which requests go.</summary>
    public string MetadataProxySocket { get; init; } = "/run/stackmeta/metadata_proxy";

    /// <summary>Neutron's <c>enable_isolated_metadata</c>: serve metadata where no router does.</summary>
    public bool EnableIsolatedMetadata { get; init; } = true;

    /// <summary>Neutron's <c>force_metadata</c>: serve metadata in every DHCP namespace.</summary>
    public bool ForceMetadata { get; init; }

    /// <summary>Neutron's <c>dhcp_lease_duration</c>, seconds; −1 is for ever.</summary>
    public int DhcpLeaseDuration { get; init; } = 86400;

    /// <summary>Neutron's <c>dnsmasq_lease_max</c>.</summary>
    public int DnsmasqLeaseMax { get; init; } = 1 << 24;

    /// <summary>Neutron's <c>dnsmasq_dns_servers</c>: whom dnsmasq asks for names it does not know. Empty: nobody.</summary>
    public ImmutableArray<IPAddress> DnsmasqDnsServers { get; init; } = [];

    /// <summary>The user that dnsmasq runs as, with only the capabilities it needs; <c>nobody</c> if there is no such user.</summary>
    public string DnsmasqUser { get; init; } = "dnsmasq";

    /// <summary>The user that haproxy runs as; it must be allowed to connect to <see cref="MetadataProxySocket"/>.</summary>
    public string HaproxyUser { get; init; } = "haproxy";

    /// <summary>
    /// Neutron's <c>port_security_enabled</c>, for all networks: a guest that is attached (<see cref="PortAttachment"/>) speaks only with
    /// its port's addresses. Needs nft.
    /// </summary>
    public bool PortSecurity { get; init; } = true;

    /// <summary><see cref="EdgeNetwork.LinkLocalAddresses"/> of all networks.</summary>
    public int LinkLocalAddresses { get; init; } = DefaultLinkLocalAddresses;

    /// <summary>What makes the rules of routers' namespaces.</summary>
    public PacketFilter PacketFilter { get; init; }
}
