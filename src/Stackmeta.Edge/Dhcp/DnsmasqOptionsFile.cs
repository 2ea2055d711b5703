using System.Net;
using System.Text;

namespace Stackmeta.Edge;

/// <summary>dnsmasq's <c>--dhcp-optsfile</c>: what each subnet's guests are told (spec/neutron-metadata.md §2.3, §2.4).</summary>
static class DnsmasqOptionsFile
{
    /// <summary>Option 249, Microsoft's copy of 121; dnsmasq has no name for it.</summary>
    const string MicrosoftClasslessStaticRoute = "249";

    public static string Render(EdgeNetwork network, EdgeOptions options)
    {
        var text = new StringBuilder();
        foreach (var subnet in network.Subnets)
        {
            // A SLAAC guest does not ask DHCP.
            if (!subnet.DhcpEnabled || subnet is { IsIpv6: true, Ipv6AddressMode: Ipv6AddressMode.Slaac })
            {
                continue;
            }
            AppendDns(text, subnet, network);
            if (!subnet.IsIpv6)
            {
                AppendRoutes(text, subnet, network, options);
            }
        }
        return text.ToString();
    }

    static void AppendDns(StringBuilder text, EdgeSubnet subnet, EdgeNetwork network)
    {
        // Nothing said: dnsmasq announces its own address.
        if (subnet.DnsServers.Length > 0)
        {
            var none =
                subnet.DnsServers is [var only] && (only.Equals(IPAddress.Any) || only.Equals(IPAddress.IPv6Any));
            AppendOption(text, subnet, "dns-server", none ? [] : subnet.DnsServers.Select(DnsmasqText.Address));
        }
        if (subnet.IsIpv6 && network.DnsDomain.Length > 0)
        {
            AppendOption(text, subnet, "domain-search", [network.DnsDomain]);
        }
    }

    static void AppendRoutes(StringBuilder text, EdgeSubnet subnet, EdgeNetwork network, EdgeOptions options)
    {
        var (routes, gateway) = ClasslessRoutes.Of(subnet, network, options);
        if (routes.Count > 0)
        {
            var values = routes.Select(route => $"{route.Destination},{route.NextHop}").ToArray();
            AppendOption(text, subnet, "classless-static-route", values);
            AppendOption(text, subnet, MicrosoftClasslessStaticRoute, values);
        }
        // Without a value the option keeps dnsmasq from naming itself as the router.
        AppendOption(text, subnet, "router", gateway is null ? [] : [gateway.ToString()]);
    }

    static void AppendOption(StringBuilder text, EdgeSubnet subnet, string name, IEnumerable<string> values)
    {
        var kind =
            subnet.IsIpv6 ? "option6:"
            : char.IsAsciiDigit(name[0]) ? ""
            : "option:";
        text.Append($"{DnsmasqText.TagOf(subnet)},{kind}{name}");
        foreach (var value in values)
        {
            text.Append(',').Append(value);
        }
        text.Append('\n');
    }
}
