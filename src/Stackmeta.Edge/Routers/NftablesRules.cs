namespace Stackmeta.Edge;

/// <summary>The rules of a router's namespace for nft(8).</summary>
static class NftablesRules
{
    /// <summary>
    /// A table of our own, replaced as a whole and at once. Only requests to the metadata service are tracked, which the redirection needs:
    /// with all that guests forward, one of them could fill the kernel's table of connections (<c>nf_conntrack_max</c>), and nobody's
    /// requests were redirected.
    /// </summary>
    public static string Text { get; } =
        $$"""
            table inet stackmeta
            delete table inet stackmeta
            table inet stackmeta {
              chain tracked {
                type filter hook prerouting priority raw; policy accept;
                iifname "qr-*" ip daddr {{MetadataAddress.Ipv4}} tcp dport {{MetadataAddress.Port}} accept
                iifname "qr-*" ip6 daddr {{MetadataAddress.Ipv6}} tcp dport {{MetadataAddress.Port}} accept
                iifname "qr-*" notrack
              }
              chain metadata_mark {
                type filter hook prerouting priority mangle; policy accept;
                iifname "qr-*" ip daddr {{MetadataAddress.Ipv4}} tcp dport {{MetadataAddress.Port}} meta mark set meta mark & 0xffff0000 | {{RouterRules.Mark}}
                iifname "qr-*" ip6 daddr {{MetadataAddress.Ipv6}} tcp dport {{MetadataAddress.Port}} meta mark set meta mark & 0xffff0000 | {{RouterRules.Mark}}
              }
              chain metadata_redirect {
                type nat hook prerouting priority dstnat; policy accept;
                iifname "qr-*" ip daddr {{MetadataAddress.Ipv4}} tcp dport {{MetadataAddress.Port}} redirect to :{{MetadataAddress.RouterPort}}
                iifname "qr-*" ip6 daddr {{MetadataAddress.Ipv6}} tcp dport {{MetadataAddress.Port}} redirect to :{{MetadataAddress.RouterPort}}
              }
              chain metadata_input {
                type filter hook input priority filter; policy accept;
                meta mark & 0x0000ffff == {{RouterRules.Mark}} accept
                tcp dport {{MetadataAddress.RouterPort}} drop
              }
              chain metadata_forward {
                type filter hook forward priority filter; policy accept;
                meta mark & 0x0000ffff == {{RouterRules.Mark}} drop
              }
            }

            """;
}
