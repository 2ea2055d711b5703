namespace Stackmeta.Edge;

/// <summary>
/// The packet rules in a router's namespace (spec/neutron-metadata.md §2.5): requests of guests to the metadata address
/// come to the proxy's port, nobody reaches that port otherwise, and none of those packets is forwarded.
/// </summary>
static class RouterRules
{
    /// <summary>Neutron's <c>metadata_access_mark</c>; the low 16 bits of a mark are shared, the high ones another's.</summary>
    const string Mark = "0x1";

    /// <summary>
    /// A table of our own, replaced as a whole and at once. <c>qr-*</c> is every internal interface, never one that leads
    /// outside (LP#1187102, LP#1477553).
    /// </summary>
    public static string Table { get; } =
        $$"""
            table inet stackmeta
            delete table inet stackmeta
            table inet stackmeta {
              chain metadata_mark {
                type filter hook prerouting priority mangle; policy accept;
                iifname "qr-*" ip daddr {{MetadataAddress.Ipv4}} tcp dport {{MetadataAddress.Port}} meta mark set meta mark & 0xffff0000 | {{Mark}}
                iifname "qr-*" ip6 daddr {{MetadataAddress.Ipv6}} tcp dport {{MetadataAddress.Port}} meta mark set meta mark & 0xffff0000 | {{Mark}}
              }
              chain metadata_redirect {
                type nat hook prerouting priority dstnat; policy accept;
                iifname "qr-*" ip daddr {{MetadataAddress.Ipv4}} tcp dport {{MetadataAddress.Port}} redirect to :{{MetadataAddress.RouterPort}}
                iifname "qr-*" ip6 daddr {{MetadataAddress.Ipv6}} tcp dport {{MetadataAddress.Port}} redirect to :{{MetadataAddress.RouterPort}}
              }
              chain metadata_input {
                type filter hook input priority filter; policy accept;
                meta mark & 0x0000ffff == {{Mark}} accept
                tcp dport {{MetadataAddress.RouterPort}} drop
              }
              chain metadata_forward {
                type filter hook forward priority filter; policy accept;
                meta mark & 0x0000ffff == {{Mark}} drop
              }
            }

            """;

    /// <summary>Puts the rules in place.</summary>
    /// <param name="path">Where their text is written for nft to read.</param>
    /// <exception cref="EdgeException">nft is missing or refused.</exception>
    public static async Task ApplyAsync(string @namespace, string path, CancellationToken cancellationToken)
    {
        await TextFile.WriteIfChangedAsync(path, Table, cancellationToken);
        await new Command("ip", "netns", "exec", @namespace, Executables.Find("nft"), "-f", path).RunAsync(
            cancellationToken
        );
    }
}
