using System.Diagnostics;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// What one guest that asks without a pause costs the guests of other networks. The servers have all processors but one; who asks has that
/// one, the neighbours before the greedy guest, so that what is measured is the servers and not the generators' quarrel.
/// </summary>
sealed class NeighbourBench(Options options) : IBench
{
    const int OurPort = 80;
    const int HaproxyPort = 81;
    const int Neighbours = 8;

    /// <summary>Connections of the greedy guest, all kept and always busy.</summary>
    public const int Greed = 64;

    readonly Stack<IDisposable> _owned = new();

    public void Run(TextWriter output)
    {
        var networks = new NetworkRange(0, Neighbours + 1);
        var guests = BenchGuest.Many(networks.Count, networks);
        var data = Own(new StackmetaData(guests, networks));
        var namespaces = Own(new PlainNamespaces(networks));
        var table = new MarkdownTable(
            "",
            "alone, p50 ms",
            "alone, p99 ms",
            "beside it, p50 ms",
            "beside it, p99 ms",
            "times, p50",
            "times, p99",
            "the greedy guest, answers/s",
            "errors"
        );
        string[] ours = ["agent.api=in-process", "api.listen=127.0.0.1:18785", "log.level=warning"];
        (string Name, int Port, Action Start)[] contenders =
        [
            ("ours, one process", OurPort, () => Own(Watch(data, ours))),
            ("ours, edge.guest_connections=4", OurPort, () => Own(Watch(data, [.. ours, "edge.guest_connections=4"]))),
            ("haproxies, our agent, our API", HaproxyPort, () => StartHaproxies(data)),
        ];
        foreach (var (name, port, start) in contenders)
        {
            var kept = _owned.Count;
            Affinity.OfServers();
            start();
            Affinity.OfAskers();
            table.Add([name, .. Measure(namespaces, guests, port)]);
            while (_owned.Count > kept)
            {
                _owned.Pop().Dispose();
            }
        }
        output.WriteLine(table);
    }

    string[] Measure(PlainNamespaces namespaces, IReadOnlyList<BenchGuest> guests, int port)
    {
        foreach (var guest in guests)
        {
            PlainNamespaces.WaitFor(namespaces[guest.Network], port);
        }
        var learnt = GuestRequests.MetaData().Learn(PlainNamespaces.PlaceIn(namespaces[0], port), guests[0].Values);
        List<Question> questions =
        [
            .. guests
                .Skip(1)
                .Select(guest =>
                    learnt.Of(PlainNamespaces.PlaceIn(namespaces[guest.Network], port), guest.ValueBytes(), 0)
                ),
        ];
        LoadResult Ask() =>
            LoadRun.Run(new RoundRobin(questions), askers: 1, keep: false, options.Length, TimeSpan.FromSeconds(40));
        Ask();
        var (alone, beside, greedy) = (new List<LoadResult>(), new List<LoadResult>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            alone.Add(Ask());
            using var greed = GreedyGuest.Start(port, options.Length + TimeSpan.FromSeconds(1));
            beside.Add(Ask());
            greedy.Add(greed.WaitForEnd());
            Console.Error.Write('.');
        }
        Console.Error.WriteLine();
        Spread At(IEnumerable<LoadResult> runs, double share) => Spread.Of(runs.Select(run => run.Percentile(share)));
        Spread Times(double share) =>
            Spread.Of(alone.Zip(beside, (one, other) => other.Percentile(share) / one.Percentile(share)));
        return
        [
            At(alone, 0.5).ToString(),
            At(alone, 0.99).ToString(),
            At(beside, 0.5).ToString(),
            At(beside, 0.99).ToString(),
            Times(0.5).ToString(),
            Times(0.99).ToString(),
            Spread.Of(greedy).ToString(),
            $"{alone.Concat(beside).Sum(run => run.Errors)}",
        ];
    }

    static RunningProgram Watch(StackmetaData data, IEnumerable<string> settings) =>
        RunningProgram.Start(
            StackmetaData.Program,
            [
                "up",
                "--watch",
                "--data",
                data.Folder,
                .. settings
                    .Append(
                        $"edge.watch_only={string.Join(',', Enumerable.Range(0, Neighbours + 1).Select(BenchGuest.NetworkId))}"
                    )
                    .SelectMany(setting => (string[])["--set", setting]),
            ],
            "Ready."
        );

    void StartHaproxies(StackmetaData data)
    {
        var socket = Path.Combine(data.Folder, "three");
        Own(data.Start("api", "api.listen=127.0.0.1:18786", "log.level=warning"));
        Own(data.Start("agent", $"agent.socket={socket}", "agent.api=http://127.0.0.1:18786", "log.level=warning"));
        for (var network = 0; network <= Neighbours; network++)
        {
            Own(
                Haproxy.Start(
                    PlainNamespaces.NameOf(network),
                    data.Folder,
                    Haproxy.BeforeAgent(HaproxyPort, socket, BenchGuest.NetworkId(network))
                )
            );
        }
    }

    T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }

    /// <summary>Of this thread and of what it starts from now on.</summary>
    static class Affinity
    {
        public static void OfServers() => Set((1L << (Environment.ProcessorCount - 1)) - 1);

        public static void OfAskers() => Set(1L << (Environment.ProcessorCount - 1));

        static void Set(long processors)
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = (nint)processors;
        }
    }
}
