using System.Diagnostics;
using System.Net;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>Memory with few and many networks and instances, and how soon after its start the program answers.</summary>
sealed class MemoryBench(Options options) : IBench
{
    static readonly IPAddress Metadata = new([169, 254, 169, 254]);

    /// <summary>How long the program is left alone before it is looked at.</summary>
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    readonly Stack<IDisposable> _owned = new();

    public void Run(TextWriter output)
    {
        output.WriteLine("## Memory\n");
        var table = new MarkdownTable(
            "networks",
            "instances",
            "PSS idle, MiB",
            "PSS when all have asked, MiB",
            "peak MiB",
            "threads",
            "seconds from exec to Ready"
        );
        (int Networks, int Guests)[] sizes =
            options.IsSmoke ? [(1, 1)]
            : options.Number("networks", 0) is > 0 and var only ? [(only, Math.Max(only, options.Guests))]
            : [(1, 1), (100, 100), (1000, 1000), (1, 10_000), (100, 10_000)];
        foreach (var (networks, guests) in sizes)
        {
            Measure(table, new(0, networks), guests);
            Dispose();
        }
        output.WriteLine(table);
        output.WriteLine("## From exec to the first right answer\n");
        MeasureStart(output);
    }

    void Measure(MarkdownTable table, NetworkRange networks, int count)
    {
        var guests = BenchGuest.Many(count, networks);
        var data = Own(new StackmetaData(guests, networks));
        var began = Stopwatch.GetTimestamp();
        var up = Own(data.Start("up", ["api.listen=127.0.0.1:18775", "log.level=warning", .. options.Settings]));
        var ready = Stopwatch.GetElapsedTime(began);
        // The program alone: the networks' DHCP servers are processes of dnsmasq's, as they are with Neutron.
        var program = new ProcessGroup("stackmeta", [up.Id]) { OnlyRoots = true };
        var side = Own(new GuestSide(networks, guests));
        Task.Delay(Rest).GetAwaiter().GetResult();
        var idle = program.PssKib();

        var first = guests[0];
        var requests = GuestRequests.MetaData().Learn(PlaceOf(side, first), first.Values);
        var result = LoadRun.Run(
            new EachOnce([.. guests.Select(guest => requests.Of(PlaceOf(side, guest), guest.ValueBytes(), 0))]),
            askers: 16,
            keep: false,
            TimeSpan.FromMinutes(5),
            TimeSpan.FromSeconds(60)
        );
        if (result.Errors > 0)
        {
            throw new InvalidOperationException(result.FirstError);
        }
        Task.Delay(Rest).GetAwaiter().GetResult();
        table.Add(
            $"{networks.Count:#,0}",
            $"{count:#,0}",
            Spread.Text(idle / 1024.0),
            Spread.Text(program.PssKib() / 1024.0),
            Spread.Text(program.PeakKib() / 1024.0),
            $"{program.Threads()}",
            Spread.Text(ready.TotalSeconds)
        );
        Console.Error.Write('.');
    }

    void MeasureStart(TextWriter output)
    {
        var networks = new NetworkRange(0, 1);
        var guests = BenchGuest.Many(1, networks);
        using var data = new StackmetaData(guests, networks);
        // The first start makes the secret.
        data.Start("api", "api.listen=127.0.0.1:18779").Dispose();
        var table = new MarkdownTable("", "ms");
        var rounds = options.Number("starts", options.IsSmoke ? 1 : 21);
        table.Add(
            "agent and API in one process, on the agent's socket",
            StartsOf(rounds, () => FirstAnswer(data, "agent", ["agent.api=in-process"], Place.Unix(data.AgentSocket)))
                .ToString()
        );
        table.Add(
            "API alone, on TCP",
            StartsOf(
                    rounds,
                    () =>
                        FirstAnswer(
                            data,
                            "api",
                            ["api.listen=127.0.0.1:18779"],
                            Place.Ipv4(new(IPAddress.Loopback, 18779))
                        )
                )
                .ToString()
        );
        output.WriteLine(table);
    }

    static Spread StartsOf(int rounds, Func<double> start) =>
        Spread.Of(Enumerable.Range(0, rounds).Select(_ => start()).ToArray());

    /// <summary>Milliseconds until a request is answered that needs the inventory.</summary>
    static double FirstAnswer(StackmetaData data, string command, IReadOnlyList<string> settings, Place place)
    {
        var guest = BenchGuest.Many(1, new(0, 1))[0];
        var request = GuestRequests
            .MetaData()
            .BytesWith(
                $"X-Neutron-Network-ID: {BenchGuest.NetworkId(0)}\r\nX-Forwarded-For: {guest.Address}\r\n"
                    + data.HeadersOf(guest)
            )[0];
        if (File.Exists(data.AgentSocket))
        {
            File.Delete(data.AgentSocket);
        }
        var began = Stopwatch.GetTimestamp();
        using var program = data.Start(command, waitsForReady: false, settings);
        while (true)
        {
            try
            {
                var (status, _) = LoadRun.Fetch(place, request);
                return status == 200
                    ? Stopwatch.GetElapsedTime(began).TotalMilliseconds
                    : throw new InvalidOperationException($"{command}: {status}");
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30))
            {
                Task.Delay(1).GetAwaiter().GetResult();
            }
        }
    }

    static Place PlaceOf(GuestSide side, BenchGuest guest) =>
        Place.Ipv4(new(Metadata, 80), side[guest.Network], guest.Address);

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
