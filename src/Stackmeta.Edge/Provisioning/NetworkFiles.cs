namespace Stackmeta.Edge;

/// <summary>
/// The files of one network, in a directory that exists as long as anything of the network does; names as in Neutron's <c>dhcp</c>
/// directory.
/// </summary>
sealed class NetworkFiles(string networksDirectory, Guid networkId)
{
    public string Directory { get; } = Path.Combine(networksDirectory, networkId.ToString());

    public string Hosts => Path.Combine(Directory, "host");

    public string AdditionalHosts => Path.Combine(Directory, "addn_hosts");

    public string Options => Path.Combine(Directory, "opts");

    public string Leases => Path.Combine(Directory, "leases");

    public string HaproxyConfiguration => Path.Combine(Directory, "haproxy.conf");

    /// <summary>Held by who changes <see cref="PortRules"/>.</summary>
    public string PortLock => Path.Combine(Directory, "ports.lock");

    /// <summary>The rules of attached guests (<see cref="PortSecurity"/>); there as long as there are any.</summary>
    public string PortRules => Path.Combine(Directory, "ports.nft");

    /// <summary>What packets of the network obey now (<see cref="AppliedFile"/>).</summary>
    public string Applied => Path.Combine(Directory, "applied.json");

    /// <summary>What removes parts of those rules that are no longer used; there while it does.</summary>
    public string UnusedPortRules => Path.Combine(Directory, "ports-unused.nft");

    /// <summary>The rules that bound the namespace's neighbours (<see cref="Edge.NeighbourRules"/>).</summary>
    public string NeighbourRules => Path.Combine(Directory, "neighbours.nft");

    /// <summary>There while something is being made that has no mark yet (<see cref="LinkChanges.FindForeign"/>).</summary>
    public string Making => Path.Combine(Directory, "making");
}
