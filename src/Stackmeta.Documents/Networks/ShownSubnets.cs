using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary>
/// What Nova shows of an interface's network: the first IPv4 subnet and the first IPv6 subnet, each with its first address
/// only (spec/nova-metadata.md §3.1).
/// </summary>
static class ShownSubnets
{
    /// <summary>False for an interface that is passed over and takes no number.</summary>
    public static bool IsShown(NetworkInterface nic) => nic.Network is { Subnets.IsDefaultOrEmpty: false };

    /// <summary>The first subnet of an IP version, or null.</summary>
    public static InterfaceSubnet? First(NetworkInterface nic, int version)
    {
        foreach (var subnet in nic.Network!.Subnets)
        {
            if (subnet.Version == version)
            {
                return subnet;
            }
        }
        return null;
    }

    /// <summary>The first subnet of an IP version if the interface has an address in it; null also when only a later one has.</summary>
    public static InterfaceSubnet? FirstWithAddress(NetworkInterface nic, int version) =>
        First(nic, version) is { FixedIps.IsDefaultOrEmpty: false } subnet ? subnet : null;
}
