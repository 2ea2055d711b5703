using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Core.Networks;

/// <summary>
/// What a subnet must be to be provided at all. It is asked when a subnet is written to the inventory, and again before anything on a
/// machine is touched, so that neither takes what the other refuses.
/// </summary>
/// <param name="Cidr">Its addresses.</param>
/// <param name="Gateway">Null for none.</param>
/// <param name="DnsServers">Those that guests are told.</param>
/// <param name="HostRoutes">Those that guests are told.</param>
public sealed record SubnetRequirements(
    IPNetwork Cidr,
    IPAddress? Gateway,
    ImmutableArray<IPAddress> DnsServers,
    ImmutableArray<(IPNetwork Destination, IPAddress NextHop)> HostRoutes
)
{
    /// <summary>Where guests ask for metadata over IPv6 (OpenStack's METADATA_V6_IP in neutron-lib's <c>constants.py</c>).</summary>
    public static IPAddress MetadataAddress { get; } = IPAddress.Parse("fe80::a9fe:a9fe");

    AddressFamily Family => Cidr.BaseAddress.AddressFamily;

    /// <summary>All that is wrong.</summary>
    /// <returns>Which value, in the words of Neutron's subnet resource, and what is wrong with it, without a final dot.</returns>
    public IEnumerable<(string Path, string Sentence)> FindFaults()
    {
        if (Gateway is not null && Gateway.AddressFamily != Family)
        {
            yield return ("gateway_ip", OtherFamily(Gateway));
        }
        else if (Gateway is not null && Gateway.Equals(MetadataAddress))
        {
            yield return ("gateway_ip", $"{Gateway} is the metadata service's address");
        }
        for (var i = 0; i < DnsServers.Length; i++)
        {
            if (DnsServers[i].AddressFamily != Family)
            {
                yield return ($"dns_nameservers[{i}]", OtherFamily(DnsServers[i]));
            }
        }
        for (var i = 0; i < HostRoutes.Length; i++)
        {
            var (destination, nextHop) = HostRoutes[i];
            if (destination.BaseAddress.AddressFamily != Family)
            {
                yield return ($"host_routes[{i}].destination", OtherFamily(destination));
            }
            if (nextHop.AddressFamily != Family)
            {
                yield return ($"host_routes[{i}].nexthop", OtherFamily(nextHop));
            }
        }
    }

    string OtherFamily(object text) => $"{text} is of another family than {Cidr}";
}
