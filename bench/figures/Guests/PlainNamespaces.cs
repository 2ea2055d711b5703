using System.Diagnostics;
using System.Net;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// Namespaces such as Neutron's DHCP agent makes, without bridges and cables: who asks is inside, so that what is measured is who
/// answers, and not the kernel's way from a guest to the namespace.
/// </summary>
sealed class PlainNamespaces : IDisposable
{
    static readonly IPAddress Metadata = new([169, 254, 169, 254]);
    static readonly IPAddress Guest = new([10, 10, 1, 1]);

    readonly Dictionary<int, NamespaceHandle> _handles = [];

    public PlainNamespaces(NetworkRange networks)
    {
        foreach (var network in networks.Numbers)
        {
            Prepare(network);
            Name(network);
        }
    }

    public NamespaceHandle this[int network] => _handles[network];

    public static string NameOf(int network) => $"qdhcp-{BenchGuest.NetworkId(network)}";

    /// <summary>Where its guest asks.</summary>
    public static Place PlaceIn(NamespaceHandle @namespace, int port) =>
        Place.Ipv4(new(Metadata, port), @namespace, Guest);

    /// <summary>Returns when a guest is answered there.</summary>
    public static void WaitFor(NamespaceHandle @namespace, int port)
    {
        var place = PlaceIn(@namespace, port);
        for (var began = Stopwatch.GetTimestamp(); ; )
        {
            try
            {
                if (LoadRun.Fetch(place, GuestRequests.MetaData().Bytes(0)).Status == 200)
                {
                    return;
                }
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(1))
            {
                // Not yet there.
            }
            Task.Delay(1).GetAwaiter().GetResult();
        }
    }

    /// <summary>Makes one more under a name that nobody looks for.</summary>
    public void Prepare(int network)
    {
        var name = PreparedName(network);
        string[] left = [name, NameOf(network)];
        foreach (var old in left.Where(old => File.Exists(PathOf(old))))
        {
            Shell.Run("ip", ["netns", "delete", old]);
        }
        Shell.Run("ip", ["netns", "add", name]);
        Shell.IpBatch(
            name,
            [
                "link set lo up",
                "addr add 169.254.169.254/32 dev lo",
                // The guest's.
                "addr add 10.10.1.1/32 dev lo",
            ]
        );
        Shell.Run(
            "ip",
            [
                "netns",
                "exec",
                name,
                "sysctl",
                "-qw",
                // Connections of the same guest follow each other faster than their ports become free again.
                "net.ipv4.tcp_tw_reuse=1",
                "net.ipv4.ip_local_port_range=1024 65535",
            ]
        );
        _handles[network] = NamespaceHandle.Open(name);
    }

    /// <summary>Gives a prepared one its right name, as <c>ip netns add</c> gives it: an empty file, then the mount.</summary>
    public static void Name(int network)
    {
        File.Create(PathOf(NameOf(network))).Dispose();
        Shell.Run("mount", ["--bind", PathOf(PreparedName(network)), PathOf(NameOf(network))]);
    }

    static string PreparedName(int network) => $"bench-prepared-{network}";

    static string PathOf(string name) => $"/run/netns/{name}";

    public void Dispose()
    {
        foreach (var (network, handle) in _handles)
        {
            handle.Dispose();
            string[] names = [NameOf(network), PreparedName(network)];
            foreach (var name in names.Where(name => File.Exists(PathOf(name))))
            {
                Shell.Run("ip", ["netns", "delete", name]);
            }
        }
    }
}
