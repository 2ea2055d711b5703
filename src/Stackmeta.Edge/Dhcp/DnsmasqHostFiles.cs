using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Edge;

/// <summary>
/// dnsmasq's files with a line for each port: <c>--dhcp-hostsfile</c>, <c>--addn-hosts</c> and the leases that it starts with
/// (spec/neutron-metadata.md §2.4).
/// </summary>
static class DnsmasqHostFiles
{
    /// <summary>Set by dnsmasq on DHCPv6 requests; keeps an IPv6 line from answering an IPv4 client of the same MAC.</summary>
    const string Dhcpv6Tag = "tag:dhcpv6,";

    /// <summary>Lines <c>mac,name,address</c>, one for each IPv4 address, one for all IPv6 addresses of a port.</summary>
    public static string Hosts(EdgeNetwork network)
    {
        var text = new StringBuilder();
        foreach (var host in network.Hosts)
        {
            var leased = host.Addresses.Where(address => IsLeased(network, address)).ToArray();
            var mac = MacAddress.ToText(host.Mac);
            foreach (var address in leased.Where(IsIpv4))
            {
                text.Append($"{mac},{NameOf(host, address, network)},{address}\n");
            }
            var ipv6 = leased.Where(address => !IsIpv4(address)).ToArray();
            if (ipv6.Length > 0)
            {
                var addresses = string.Join(',', ipv6.Select(DnsmasqText.Address));
                text.Append($"{mac},{Dhcpv6Tag}{NameOf(host, ipv6[0], network)},{addresses}\n");
            }
        }
        return text.ToString();
    }

    /// <summary>Names for dnsmasq's resolver: <c>address TAB qualified-name name</c>.</summary>
    public static string AdditionalHosts(EdgeNetwork network)
    {
        var text = new StringBuilder();
        foreach (var host in network.Hosts)
        {
            foreach (var address in host.Addresses)
            {
                var name = host.HostName ?? HostNames.DefaultFor(address);
                text.Append($"{address}\t{HostNames.Qualified(name, network.DnsDomain)} {name}\n");
            }
        }
        return text.ToString();
    }

    /// <summary>
    /// A lease without end for each IPv4 address, so that a guest that renews after dnsmasq was restarted is not refused.
    /// What dnsmasq itself wrote about IPv6 (its DUID and those leases) is kept.
    /// </summary>
    /// <param name="existing">The leases file as dnsmasq left it, or the empty text.</param>
    public static string InitialLeases(EdgeNetwork network, string existing)
    {
        var text = new StringBuilder();
        foreach (var host in network.Hosts)
        {
            foreach (var address in host.Addresses.Where(address => IsIpv4(address) && IsLeased(network, address)))
            {
                text.Append($"0 {MacAddress.ToText(host.Mac)} {address} * *\n");
            }
        }
        // dnsmasq writes IPv4 leases first, then its DUID, then IPv6 leases.
        var duid = existing.StartsWith("duid ", StringComparison.Ordinal)
            ? 0
            : existing.IndexOf("\nduid ", StringComparison.Ordinal) + 1;
        if (existing.Length > 0 && (duid > 0 || existing.StartsWith("duid ", StringComparison.Ordinal)))
        {
            text.Append(existing.AsSpan(duid));
        }
        return text.ToString();
    }

    static string NameOf(EdgeHost host, IPAddress address, EdgeNetwork network) =>
        DnsmasqText.Name(HostNames.Qualified(host.HostName ?? HostNames.DefaultFor(address), network.DnsDomain));

    /// <summary>Whether dnsmasq gives this address: its subnet has DHCP and the guest does not make the address itself.</summary>
    static bool IsLeased(EdgeNetwork network, IPAddress address) =>
        network.Subnets.FirstOrDefault(subnet => subnet.Cidr.Contains(address)) is { DhcpEnabled: true } subnet
        && subnet.Ipv6AddressMode is not (Ipv6AddressMode.Slaac or Ipv6AddressMode.Dhcpv6Stateless);

    static bool IsIpv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork;
}
