using System.Net;
using System.Text;
using Stackmeta.Core.Networks;

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
        var size = SizeForAll(network);
        if (routes.Sum(static route => ClasslessRouteOption.SizeOf(route.Destination)) <= size)
        {
            AppendRoutes(text, subnet, "", routes);
        }
        else
        {
            var (fewer, _) = ClasslessRoutes.Of(subnet, network, options, size);
            AppendRoutes(text, subnet, $",tag:{DnsmasqText.LongMessages},tag:!{DnsmasqText.ShortMessages}", routes);
            AppendRoutes(text, subnet, $",tag:!{DnsmasqText.LongMessages}", fewer);
            AppendRoutes(text, subnet, $",tag:{DnsmasqText.ShortMessages}", fewer);
        }
        // Without a value the option keeps dnsmasq from naming itself as the router.
        AppendOption(text, subnet, "router", gateway is null ? [] : [gateway.ToString()]);
    }

    static void AppendRoutes(StringBuilder text, EdgeSubnet subnet, string tags, List<EdgeHostRoute> routes)
    {
        if (routes.Count > 0)
        {
            var values = routes.Select(route => $"{route.Destination},{route.NextHop}").ToArray();
            AppendOption(text, subnet, "classless-static-route", values, tags);
            AppendOption(text, subnet, MicrosoftClasslessStaticRoute, values, tags);
        }
    }

    /// <summary>
    /// Octets of routes that fit into the shortest message that every client takes (RFC 2131 §2), beside what dnsmasq puts before them.
    /// An option that does not fit is left out as a whole.
    /// </summary>
    static int SizeForAll(EdgeNetwork network)
    {
        // The options field, its end, and the two octets before each option's value.
        const int Options = 312 - 1 - 2;
        // Message type, server, three times, netmask, broadcast, router, MTU, and that the file field holds options too.
        const int Always = 3 + 6 + 3 * 6 + 6 + 6 + 6 + 4 + 3;
        const int HostName = 2 + HostNames.MaxLabel;
        // The file field takes one that finds no place else (RFC 2131 §4.1), if it is no longer than that.
        const int InFileField = 128 - 3;
        return Math.Max(InFileField, Options - Always - HostName - 2 - network.DnsDomain.Length);
    }

    static void AppendOption(
        StringBuilder text,
        EdgeSubnet subnet,
        string name,
        IEnumerable<string> values,
        string tags = ""
    )
    {
        var kind =
            subnet.IsIpv6 ? "option6:"
            : char.IsAsciiDigit(name[0]) ? ""
            : "option:";
        text.Append($"{DnsmasqText.TagOf(subnet)}{tags},{kind}{name}");
        foreach (var value in values)
        {
            text.Append(',').Append(value);
        }
        text.Append('\n');
    }
}
