using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// The guests' end of each network: a namespace on the network's bridge that answers for all guest addresses. So each request goes
/// through a guest's interface, the bridge and the network's namespace, as from a machine.
/// </summary>
sealed class GuestSide : IDisposable
{
    const string NeighbourLimit = "/proc/sys/net/ipv4/neigh/default/gc_thresh3";

    readonly NetworkRange _networks;
    readonly Dictionary<int, NamespaceHandle> _handles;
    readonly string _neighbourLimit = File.ReadAllText(NeighbourLimit);

    /// <param name="networks">Whose bridges it is on.</param>
    /// <param name="guests">Each speaks with its port's MAC, as the interface of a machine does.</param>
    public GuestSide(NetworkRange networks, IReadOnlyList<BenchGuest> guests)
    {
        _networks = networks;
        // The kernel keeps 1,024 neighbours for all namespaces together; a host of so many guests has raised that.
        File.WriteAllText(NeighbourLimit, "65536");
        Remove();
        Shell.IpBatch(null, networks.Numbers.Select(network => $"netns add {Name(network)}"));
        Shell.IpBatch(null, networks.Numbers.SelectMany(LinkCommands));
        foreach (var network in networks.Numbers)
        {
            Shell.IpBatch(
                Name(network),
                [
                    "link set lo up",
                    "link set eth0 up",
                    // All of these addresses are this namespace's own: connections may come from any of them.
                    "route add local 10.10.0.0/16 dev lo",
                    "route add 169.254.169.254/32 dev eth0 src 10.10.1.1",
                ]
            );
        }
        _handles = networks.Numbers.ToDictionary(network => network, network => NamespaceHandle.Open(Name(network)));
        foreach (var network in networks.Numbers)
        {
            // Connections of the same guest follow each other faster than their ports become free again.
            Shell.Run(
                "ip",
                [
                    "netns",
                    "exec",
                    Name(network),
                    "sysctl",
                    "-qw",
                    "net.ipv4.tcp_tw_reuse=1",
                    "net.ipv4.ip_local_port_range=1024 65535",
                ]
            );
        }
        foreach (var network in guests.GroupBy(static guest => guest.Network))
        {
            SpeakWithOwnMacs(network);
        }
    }

    /// <summary>
    /// One interface stands for all guests of a network: each packet leaves it with the MAC of the guest that it is from.
    /// </summary>
    static void SpeakWithOwnMacs(IGrouping<int, BenchGuest> guests)
    {
        var elements = guests.Select(static guest => $"{guest.Address} : {guest.Mac}");
        Shell.Run(
            "ip",
            ["netns", "exec", Name(guests.Key), "nft", "-f", "-"],
            $$"""
            table netdev bench {
                map macs { type ipv4_addr : ether_addr; elements = { {{string.Join(", ", elements)}} }; }
                chain egress {
                    type filter hook egress device "eth0" priority 0;
                    ether type ip ether saddr set ip saddr map @macs;
                }
            }

            """
        );
    }

    public NamespaceHandle this[int network] => _handles[network];

    static string Name(int network) => $"bench-guests-{network}";

    static IEnumerable<string> LinkCommands(int network)
    {
        yield return $"link add bg{network} type veth peer name eth0 netns {Name(network)}";
        yield return $"link set bg{network} master brq{BenchGuest.NetworkId(network)[..11]} up";
    }

    void Remove()
    {
        var present = _networks.Numbers.Where(network => File.Exists($"/run/netns/{Name(network)}"));
        string[] commands = [.. present.Select(network => $"netns delete {Name(network)}")];
        if (commands.Length > 0)
        {
            Shell.IpBatch(null, commands);
        }
    }

    public void Dispose()
    {
        foreach (var handle in _handles.Values)
        {
            handle.Dispose();
        }
        Remove();
        File.WriteAllText(NeighbourLimit, _neighbourLimit);
    }
}
