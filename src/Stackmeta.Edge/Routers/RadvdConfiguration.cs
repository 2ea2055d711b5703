using System.Text;

namespace Stackmeta.Edge;

/// <summary>
/// radvd's configuration (radvd.conf(5)): the router is the default one of the guests of those of its interfaces that are a
/// gateway. Prefixes, and who gets addresses by DHCPv6, are announced by the network's dnsmasq; what is said of the latter
/// here too must be the same (RFC 4861 §6.2.7).
/// </summary>
static class RadvdConfiguration
{
    /// <summary>
    /// Seconds between advertisements, Neutron's <c>min_rtr_adv_interval</c> and <c>max_rtr_adv_interval</c>; a route holds three times the
    /// latter.
    /// </summary>
    const int ShortestInterval = 30;
    const int LongestInterval = 100;

    /// <summary>The file; empty when no interface is an IPv6 gateway.</summary>
    public static string Render(EdgeRouter router)
    {
        var text = new StringBuilder();
        foreach (var port in router.Ports)
        {
            if (port.Advertisement is { } advertisement)
            {
                // A hop limit of 0 leaves guests theirs; radvd sets any other on the router itself, for which it has no right.
                text.Append(
                    $$"""
                    interface {{DeviceNames.RouterInterface(port.PortId)}}
                    {
                        AdvSendAdvert on;
                        MinRtrAdvInterval {{ShortestInterval}};
                        MaxRtrAdvInterval {{LongestInterval}};
                        AdvCurHopLimit 0;
                        AdvManagedFlag {{Switch(advertisement.AddressesByDhcp)}};
                        AdvOtherConfigFlag {{Switch(advertisement.OthersByDhcp)}};
                    };

                    """
                );
            }
        }
        return text.ToString();
    }

    static string Switch(bool isOn) => isOn ? "on" : "off";
}
