using System.Diagnostics;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// One process that listens in all namespaces, and as many haproxies before our agent and our API: memory, time to add one, requests.
/// </summary>
sealed class EdgeBench(Options options) : IBench
{
    const int OurPort = 80;
    const int HaproxyPort = 81;
    const int Askers = 16;

    /// <summary>How long all is left alone before memory is looked at.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    readonly Stack<IDisposable> _owned = new();

    public void Run(TextWriter output)
    {
        var memory = new MarkdownTable(
            "namespaces",
            "ours, one process: edge, agent, API; PSS MiB, idle",
            "a namespace more, KiB",
            "… when each guest has asked",
            "haproxies, PSS MiB",
            "a haproxy, KiB",
            "adding one, ours, ms",
            "adding one, haproxy, ms"
        );
        double? first = null;
        int[] sizes = options.IsSmoke ? [1, 3] : [1, 100, 1000];
        foreach (var size in sizes)
        {
            Measure(size, memory, output, ref first);
            output.Flush();
            Dispose();
        }
        output.WriteLine("## Memory, and time to add a namespace\n");
        output.WriteLine(memory);
    }

    void Measure(int size, MarkdownTable memory, TextWriter requests, ref double? first)
    {
        // One more for each time that one is added.
        var all = new NetworkRange(0, size + options.Rounds);
        var guests = BenchGuest.Many(all.Count, all);
        var data = Own(new StackmetaData(guests, all));
        var namespaces = Own(new PlainNamespaces(new(0, size)));
        var socket = Path.Combine(data.Folder, "three");
        var ours = Own(
            RunningProgram.Start(
                StackmetaData.Program,
                [
                    "up",
                    "--watch",
                    "--data",
                    data.Folder,
                    .. Settings(
                        "api.listen=127.0.0.1:18785",
                        "agent.api=in-process",
                        "log.level=warning",
                        "edge.guest_connections=0"
                    ),
                    .. Settings([.. options.Settings]),
                ],
                "Ready."
            )
        );
        // Alone: with the two processes that come next it shares the pages of its file.
        Task.Delay(Rest).GetAwaiter().GetResult();
        var idleKib = (double)ours.Group("stackmeta").PssKib();
        for (var network = 0; network < size; network++)
        {
            PlainNamespaces.WaitFor(namespaces[network], OurPort);
        }
        Task.Delay(Rest).GetAwaiter().GetResult();
        var askedKib = (double)ours.Group("stackmeta").PssKib();
        var api = Own(data.Start("api", "api.listen=127.0.0.1:18786", "log.level=warning"));
        var agent = Own(
            data.Start("agent", $"agent.socket={socket}", "agent.api=http://127.0.0.1:18786", "log.level=warning")
        );
        var haproxies = Enumerable.Range(0, size).Select(network => Own(Proxy(data, network, socket))).ToList();
        for (var network = 0; network < size; network++)
        {
            PlainNamespaces.WaitFor(namespaces[network], HaproxyPort);
        }
        Task.Delay(Rest).GetAwaiter().GetResult();
        var haproxyKib = (double)new ProcessGroup("haproxy", [.. haproxies.Select(one => one.Id)]).PssKib();
        first ??= idleKib;

        var (ourAdd, haproxyAdd) = AddSome(size, namespaces, data, socket);
        memory.Add(
            $"{size:#,0}",
            Spread.Text(idleKib / 1024),
            size == 1 ? "–" : Spread.Text((idleKib - first.Value) / (size - 1)),
            Spread.Text(askedKib / 1024),
            Spread.Text(haproxyKib / 1024),
            Spread.Text(haproxyKib / size),
            ourAdd.ToString(),
            haproxyAdd.ToString()
        );
        requests.WriteLine(memory);

        var learnt = GuestRequests.MetaData().Learn(PlaceOf(namespaces, 0, OurPort), guests[0].Values);
        List<Question> Questions(int port) =>
            [
                .. guests
                    .Take(size)
                    .Select(guest => learnt.Of(PlaceOf(namespaces, guest.Network, port), guest.ValueBytes(), 0)),
            ];
        (string Name, IReadOnlyList<ProcessGroup> Groups, List<Question> Questions)[] contenders =
        [
            ("ours, one process", [ours.Group("stackmeta")], Questions(OurPort)),
            (
                "haproxies, our agent, our API",
                [new("haproxies", [.. haproxies.Select(one => one.Id)]), agent.Group("agent"), api.Group("API")],
                Questions(HaproxyPort)
            ),
        ];
        var tournament = new Tournament(options.Rounds, options.Length);
        requests.WriteLine($"## Requests, {size:#,0} {(size == 1 ? "namespace" : "namespaces")}\n");
        foreach (var keep in (bool[])[true, false])
        {
            var standings = tournament.Run([
                .. contenders.Select(contender => new Contender(
                    contender.Name,
                    contender.Groups,
                    () => keep ? new OwnQuestion(contender.Questions) : new RoundRobin(contender.Questions),
                    Askers,
                    keep
                )),
            ]);
            requests.WriteLine($"{(keep ? "Kept" : "New")} connections; {Askers} at once; {tournament.Describe()}\n");
            requests.WriteLine(Standing.Table(standings));
        }
    }

    /// <summary>Milliseconds from the naming of a namespace, or the start of a haproxy in it, to the first answer, in turns.</summary>
    (Spread Ours, Spread Haproxy) AddSome(int size, PlainNamespaces namespaces, StackmetaData data, string socket)
    {
        var (ours, haproxy) = (new List<double>(), new List<double>());
        for (var round = 0; round < options.Rounds; round++)
        {
            var network = size + round;
            namespaces.Prepare(network);
            var began = Stopwatch.GetTimestamp();
            PlainNamespaces.Name(network);
            PlainNamespaces.WaitFor(namespaces[network], OurPort);
            ours.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            began = Stopwatch.GetTimestamp();
            Own(Proxy(data, network, socket));
            PlainNamespaces.WaitFor(namespaces[network], HaproxyPort);
            haproxy.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return (Spread.Of(ours), Spread.Of(haproxy));
    }

    static RunningProgram Proxy(StackmetaData data, int network, string socket) =>
        Haproxy.Start(
            PlainNamespaces.NameOf(network),
            data.Folder,
            Haproxy.BeforeAgent(HaproxyPort, socket, BenchGuest.NetworkId(network))
        );

    static Place PlaceOf(PlainNamespaces namespaces, int network, int port) =>
        PlainNamespaces.PlaceIn(namespaces[network], port);

    static string[] Settings(params string[] settings) =>
        [.. settings.SelectMany(setting => (string[])["--set", setting])];

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
}
