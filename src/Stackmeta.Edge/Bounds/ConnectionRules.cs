namespace Stackmeta.Edge;

/// <summary>
/// The rules for nft(8) by which one guest has a bounded number of connections with the haproxy of its namespace, whatever addresses it
/// takes: haproxy counts by address (<see cref="HaproxyConfiguration"/>), and a guest may have many. Our own listeners count by MAC
/// themselves and need none of this.
/// </summary>
/// <remarks>
/// The kernel counts what its connection tracking knows (<c>ct count</c> of nft(8)). In a network's namespace nothing but these connections
/// is tracked, so that no guest fills that table with anything else; a router's tracks what it redirects anyway.
/// </remarks>
static class ConnectionRules
{
    const string Table = "stackmeta_connections";

    /// <summary>The metadata address's port, and the one that a router redirects it to.</summary>
    const string Ports = "{ 80, 9697 }";

    /// <summary>An eighth of what haproxy has (<c>maxconn</c>), and as many as it lets one address have.</summary>
    public const int MostOfAGuest = 128;

    /// <param name="isCounted">Whether a haproxy serves; else rules of before are taken away.</param>
    /// <param name="forwards">Whether the namespace is a router's.</param>
    public static string Render(bool isCounted, bool forwards)
    {
        var anew = $"table inet {Table}\ndelete table inet {Table}\n";
        if (!isCounted)
        {
            return anew;
        }
        var untracked = forwards
            ? ""
            : $$"""
                  chain from_guests {
                    type filter hook prerouting priority raw; policy accept;
                    meta l4proto != tcp notrack
                    tcp dport != {{Ports}} notrack
                  }
                  chain to_guests {
                    type filter hook output priority raw; policy accept;
                    meta l4proto != tcp notrack
                    tcp sport != {{Ports}} notrack
                  }

                """;
        return $$"""
            {{anew}}table inet {{Table}} {
              set guests { type ether_addr; size 65535; flags dynamic; }
            {{untracked}}  chain to_proxy {
                type filter hook input priority filter; policy accept;
                tcp dport {{Ports}} ct state new add @guests { ether saddr ct count over {{MostOfAGuest}} } reject with tcp reset
              }
            }

            """;
    }
}
