namespace Stackmeta.Edge;

/// <summary>Names as Neutron gives them (spec/neutron-metadata.md §2.1), so that an operator finds what he expects.</summary>
public static class DeviceNames
{
    /// <summary>Neutron cuts device names here; Linux allows 15.</summary>
    const int MaxLength = 14;

    /// <summary>The DHCP namespace of a network.</summary>
    public static string DhcpNamespace(Guid networkId) => $"qdhcp-{networkId}";

    /// <summary>The namespace that OVN's metadata agent makes for a network.</summary>
    public static string OvnNamespace(Guid networkId) => $"ovnmeta-{networkId}";

    /// <summary>The namespace of a router.</summary>
    public static string RouterNamespace(Guid routerId) => $"qrouter-{routerId}";

    /// <summary>The bridge of a network, as Neutron's Linux bridge agent names it.</summary>
    public static string Bridge(Guid networkId) => Cut("brq", networkId);

    /// <summary>The interface of a port: inside the DHCP namespace, or on the bridge for a guest.</summary>
    public static string Tap(Guid portId) => Cut("tap", portId);

    /// <summary>The end on the bridge of the veth pair whose other end is the DHCP port's <see cref="Tap"/>.</summary>
    public static string BridgeEnd(Guid portId) => Cut("vtp", portId);

    /// <summary>The interface of a router's port on an internal network.</summary>
    public static string RouterInterface(Guid portId) => Cut("qr-", portId);

    static string Cut(string prefix, Guid id) =>
        string.Concat(prefix, id.ToString().AsSpan(0, MaxLength - prefix.Length));
}
