using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Networks;

namespace Stackmeta.Documents;

/// <summary>An interface in the injected network configuration.</summary>
/// <param name="Name"><c>eth</c> and the interface's number among all that have subnets.</param>
/// <param name="MacAddress">As stored.</param>
/// <param name="Ipv4">Null when the interface has no address in its first IPv4 subnet.</param>
/// <param name="Ipv6">Null when the interface has no address in its first IPv6 subnet.</param>
public sealed record InjectedInterface(string Name, string? MacAddress, InjectedAddress? Ipv4, InjectedAddress? Ipv6);

/// <summary>A static address in the injected network configuration.</summary>
/// <param name="Address">As stored.</param>
/// <param name="Netmask">A dotted quad for IPv4, the prefix length for IPv6.</param>
/// <param name="Broadcast">IPv4 only; null for IPv6, and for a subnet of one or two addresses.</param>
/// <param name="Gateway">Null when the subnet has none.</param>
/// <param name="DnsServers">In the subnet's order.</param>
/// <param name="Routes">The subnet's host routes.</param>
public sealed record InjectedAddress(
    string Address,
    string Netmask,
    string? Broadcast,
    string? Gateway,
    ImmutableArray<string> DnsServers,
    ImmutableArray<HostRoute> Routes
)
{
    /// <returns>False when the subnet's CIDR cannot be read; true with null for no subnet.</returns>
    internal static bool TryMake(InterfaceSubnet? subnet, out InjectedAddress? address)
    {
        address = null;
        if (subnet is null)
        {
            return true;
        }
        if (!SubnetCidr.TryParse(subnet.Cidr, out var cidr))
        {
            return false;
        }
        Span<byte> text = stackalloc byte[SubnetCidr.LongestText];
        var isIpv4 = subnet.Version == 4;
        address = new(
            subnet.FixedIps[0].Address,
            isIpv4
                ? Encoding.ASCII.GetString(text[..cidr.FormatNetmask(text)])
                : cidr.PrefixLength.ToString(CultureInfo.InvariantCulture),
            isIpv4 && cidr.HasBroadcast ? Encoding.ASCII.GetString(text[..cidr.FormatBroadcast(text)]) : null,
            subnet.Gateway,
            subnet.DnsServers,
            subnet.Routes
        );
        return true;
    }
}
