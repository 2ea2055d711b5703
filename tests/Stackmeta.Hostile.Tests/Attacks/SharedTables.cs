using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Hostile.Tests;

/// <summary>Tables that have room for so many, of the kernel or our own.</summary>
static class SharedTables
{
    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new("more link-local addresses than the kernel keeps neighbours", "tables", Kinds.Own, ManyNeighboursAsync),
        new("a flood of SYNs", "tables", Kinds.All | Kinds.Router, SynFloodAsync),
        new("a rate limit shared out to many addresses", "rate limit", Kinds.Own & ~Kinds.Haproxy, RateLimitAsync),
    ];

    /// <summary>The table is one for all namespaces of the machine (net.ipv6.neigh.default.gc_thresh3).</summary>
    static async Task ManyNeighboursAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        var stranger = await assault.NewAttackerAsync(network: assault.World.Second);
        var thresholds = await File.ReadAllTextAsync("/proc/sys/net/ipv6/neigh/default/gc_thresh3");
        var count = int.Parse(thresholds, CultureInfo.InvariantCulture) + assault.Random.Next(100, 500);
        using var wire = new Wire(attacker);
        var addresses = assault.NewLinkLocals(count);
        for (var round = 0; round < 3; round++)
        {
            foreach (var address in addresses)
            {
                var packet = Frames.TcpPacket(
                    address,
                    Machine.ServerIpv6,
                    ((ushort)assault.Random.Next(1024, 65536), 80),
                    1,
                    0,
                    Frames.Syn,
                    []
                );
                wire.Send(Frames.Ethernet(attacker.Network.ServerMac, attacker.Mac, Frames.Ipv6, packet));
            }
            await assault.PauseAsync(100, 300);
            var shown = await Shell.RunAsync(
                "ip",
                "-n",
                attacker.Network.Namespace,
                "-6",
                "neigh",
                "show",
                "nud",
                "all"
            );
            var entries = shown.Split('\n').Length;
            assault.Notes.Add($"{entries} neighbours");
            Assert.True(entries < 200, $"One guest has filled the table of neighbours with {entries}.");
            // Nobody knows the stranger yet; somebody must learn of it now.
            await Shell.RunAsync(
                "ip",
                "-n",
                stranger.Network.Namespace,
                "neigh",
                "flush",
                "dev",
                stranger.Network.Device
            );
            var answer = await stranger.AskAsync("/latest/user-data", ipv6: true, seconds: 4);
            Assert.True(
                assault.Loot.Add(stranger, answer),
                $"A stranger of another network was told {answer?.Status} {answer?.Text}"
            );
        }
    }

    static async Task SynFloodAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync(assault.Random.Next(4, 20));
        await attacker.HoldResetsAsync();
        using var wire = new Wire(attacker);
        IPAddress[] sources = [.. attacker.Addresses, attacker.LinkLocal, .. assault.NewLinkLocals(4)];
        var before = await CookiesAsync(attacker.Network.Namespace);
        var until = Stopwatch.StartNew();
        var sent = 0;
        var sentEnough = !Kinds.Neutron.HasFlag(assault.World.Kind);
        // Where nobody holds it back the flood goes on until it has what it is for, however slow the machine.
        while (until.Elapsed.TotalSeconds < 4 || (!sentEnough && until.Elapsed.TotalSeconds < 30))
        {
            var frames = new byte[256][];
            for (var index = 0; index < frames.Length; index++)
            {
                var source = sources[assault.Random.Next(sources.Length)];
                var ipv6 = source.AddressFamily == AddressFamily.InterNetworkV6;
                frames[index] = Frames.Ethernet(
                    attacker.Network.ServerMac,
                    attacker.Mac,
                    ipv6 ? Frames.Ipv6 : Frames.Ipv4,
                    Frames.TcpPacket(
                        source,
                        ipv6 ? Machine.ServerIpv6 : Machine.ServerIpv4,
                        ((ushort)assault.Random.Next(Machine.FirstHandMadePort, 65536), 80),
                        (uint)assault.Random.Next(),
                        0,
                        Frames.Syn,
                        []
                    )
                );
            }
            wire.Send(frames);
            sent += frames.Length;
            await Task.Delay(5, TestContext.Current.CancellationToken);
            if (!sentEnough && sent % (64 * frames.Length) == 0)
            {
                sentEnough = await CookiesAsync(attacker.Network.Namespace) > before;
            }
        }
        var cookies = await CookiesAsync(attacker.Network.Namespace) - before;
        assault.Notes.Add($"{sent} SYNs, {cookies} cookies");
        // Where we see to packets the flood is held back before it fills the backlog; where nobody does, this is what is tried.
        Assert.True(
            Kinds.Neutron.HasFlag(assault.World.Kind) == cookies > 0,
            $"{cookies} SYN cookies were sent for {sent} SYNs"
        );
    }

    /// <summary>How many SYN cookies a namespace has sent (<c>TcpExt: SyncookiesSent</c> of proc_pid_net(5)).</summary>
    static async Task<long> CookiesAsync(string @namespace)
    {
        var lines = (await Shell.RunAsync("ip", "netns", "exec", @namespace, "cat", "/proc/net/netstat")).Split('\n');
        var names = lines[0].Split(' ');
        return long.Parse(lines[1].Split(' ')[Array.IndexOf(names, "SyncookiesSent")], CultureInfo.InvariantCulture);
    }

    static async Task RateLimitAsync(Assault assault)
    {
        const int Limit = 3000;
        var attacker = await assault.NewAttackerAsync(3);
        var addresses = assault.NewLinkLocals(30);
        await attacker.AddAsync(addresses);
        await assault.World.SetAsync(
            $$"""{ "edge": { "rate_limit_enabled": true, "base_query_rate_limit": {{Limit}}, "base_window_duration": 10, "burst_query_rate_limit": {{Limit}}, "burst_window_duration": 10 } }"""
        );
        var watch = Stopwatch.StartNew();
        try
        {
            var requests = string.Concat(Enumerable.Repeat("GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n", 300));
            await Task.WhenAll(
                addresses
                    .Append(attacker.LinkLocal)
                    .Concat(attacker.Addresses)
                    .Select(source =>
                        Exhaustion.PipelineAsync(assault, attacker, source, requests, TimeSpan.FromSeconds(5))
                    )
            );
        }
        finally
        {
            await assault.World.SetAsync("{}");
        }
        var windows = 1 + (int)Math.Ceiling(watch.Elapsed.TotalSeconds / 10);
        Assert.True(
            assault.Loot.Count(200) <= windows * Limit,
            $"{assault.Loot.Count(200)} requests were answered in {watch.Elapsed.TotalSeconds:0.0} s, where {Limit} in 10 s are allowed."
        );
    }
}
