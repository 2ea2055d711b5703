using System.Net;

namespace Stackmeta.Edge;

/// <summary>The same rules for iptables-restore(8) and ip6tables-restore(8): Neutron's own, in Neutron's words.</summary>
static class IptablesRules
{
    /// <summary>Replaces what the three tables hold. The namespace is ours alone, so nothing else is in them.</summary>
    /// <param name="metadata"><see cref="MetadataAddress.Ipv4"/> or <see cref="MetadataAddress.Ipv6"/>.</param>
    public static string TextFor(IPAddress metadata)
    {
        var request = $"-d {metadata} -i qr-+ -p tcp -m tcp --dport {MetadataAddress.Port}";
        return $"""
            *mangle
            -A PREROUTING {request} -j MARK --set-xmark {RouterRules.Mark}/0xffff
            COMMIT
            *nat
            -A PREROUTING {request} -j REDIRECT --to-ports {MetadataAddress.RouterPort}
            COMMIT
            *filter
            -A INPUT -m mark --mark {RouterRules.Mark}/0xffff -j ACCEPT
            -A INPUT -p tcp -m tcp --dport {MetadataAddress.RouterPort} -j DROP
            -A FORWARD -m mark --mark {RouterRules.Mark}/0xffff -j DROP
            COMMIT

            """;
    }
}
