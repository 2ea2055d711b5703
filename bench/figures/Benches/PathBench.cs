using System.Net;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// The whole path: from a guest in its namespace to the answer, ours and those that it replaces, through the same interfaces.
/// </summary>
sealed class PathBench(Options options) : IBench
{
    static readonly IPAddress Metadata = new([169, 254, 169, 254]);

    /// <summary>Askers at once: enough to keep two cores busy, and below what one guest may have open (128).</summary>
    const int Askers = 16;

    readonly Stack<IDisposable> _owned = new();

    public void Run(TextWriter output)
    {
        var networks = new NetworkRange(0, options.Networks);
        var guests = BenchGuest.Many(options.Guests, networks);
        var data = Own(new StackmetaData(guests, networks));
        var up = Own(data.Start("up", ["api.listen=127.0.0.1:18775", "log.level=warning", .. options.Settings]));
        var side = Own(new GuestSide(networks, guests));
        var requests = GuestRequests.MetaData().Learn(PlaceOf(side, guests[0], 80), guests[0].Values);

        var contenders = new List<(string Name, IReadOnlyList<ProcessGroup> Groups, IReadOnlyList<Question> Questions)>
        {
            ("ours, one process", [up.Group("stackmeta")], Questions(side, guests, 80, requests)),
        };
        if (options.Networks == 1)
        {
            var three = Own(new ThreeProcesses(StackmetaData.Program, data, guests[0].Network, firstPort: 18776));
            WaitFor(PlaceOf(side, guests[0], ThreeProcesses.Port));
            contenders.Add(
                (
                    "ours, three processes: edge, agent, API",
                    three.Groups,
                    Questions(side, guests, ThreeProcesses.Port, requests)
                )
            );
            contenders.Add(Static(data, side, guests));
        }
        if (options.Networks == 1 && RealCloud.Read(options.Cloud) is { } cloud)
        {
            contenders.AddRange(Real(cloud, data, side));
        }

        contenders.RemoveAll(contender => !contender.Name.Contains(options.Only, StringComparison.Ordinal));
        output.WriteLine($"## {options.Networks} networks, {options.Guests} instances\n");
        var tournament = new Tournament(options.Rounds, options.Length);
        foreach (var keep in (bool[])[true, false])
        {
            var standings = tournament.Run([
                .. contenders.Select(contender => new Contender(
                    contender.Name,
                    contender.Groups,
                    // A kept connection belongs to one guest, a new one to whoever is next.
                    () => keep ? new OwnQuestion(contender.Questions) : new RoundRobin(contender.Questions),
                    Askers,
                    keep
                )),
            ]);
            output.WriteLine($"{(keep ? "Kept" : "New")} connections; {Askers} at once; {tournament.Describe()}\n");
            output.WriteLine(Standing.Table(standings));
        }
    }

    /// <summary>What a proxy can do that need not think: the same number of bytes, always the same.</summary>
    (string, IReadOnlyList<ProcessGroup>, IReadOnlyList<Question>) Static(
        StackmetaData data,
        GuestSide side,
        IReadOnlyList<BenchGuest> guests
    )
    {
        const int Port = 82;
        var file = Path.Combine(data.Folder, "static.json");
        var (_, body) = LoadRun.Fetch(PlaceOf(side, guests[0], 80), GuestRequests.MetaData().Bytes(0));
        File.WriteAllBytes(file, body);
        var proxy = Own(Proxy(data, guests[0].Network, Haproxy.Static(Port, file)));
        WaitFor(PlaceOf(side, guests[0], Port));
        var requests = GuestRequests.MetaData().Learn(PlaceOf(side, guests[0], Port), []);
        return (
            $"haproxy, a static answer of {body.Length:#,0} bytes",
            [proxy.Group("haproxy")],
            [.. guests.Select(guest => requests.Of(PlaceOf(side, guest, Port), [], 0))]
        );
    }

    /// <summary>haproxy as Neutron starts it, Neutron's agent, Nova's API: with the agent's cache off, its default, and on.</summary>
    IEnumerable<(string, IReadOnlyList<ProcessGroup>, IReadOnlyList<Question>)> Real(
        RealCloud cloud,
        StackmetaData data,
        GuestSide side
    )
    {
        var port = 83;
        foreach (var (name, socket) in cloud.AgentSockets)
        {
            var proxy = Own(Proxy(data, 0, Haproxy.BeforeAgent(port, socket, cloud.NetworkId)));
            var place = Place.Ipv4(new(Metadata, port), side[0], IPAddress.Parse(cloud.Address));
            WaitFor(place);
            var requests = GuestRequests.MetaData().Learn(place, []);
            yield return (
                $"stock haproxy, Neutron's agent ({name}), Nova's API",
                [proxy.Group("haproxy"), .. cloud.Groups],
                [requests.Of(place, [], 0)]
            );
            port++;
        }
    }

    internal static IReadOnlyList<Question> Questions(
        GuestSide side,
        IReadOnlyList<BenchGuest> guests,
        int port,
        GuestRequests requests
    ) => [.. guests.Select(guest => requests.Of(PlaceOf(side, guest, port), guest.ValueBytes(), 0))];

    internal static Place PlaceOf(GuestSide side, BenchGuest guest, int port) =>
        Place.Ipv4(new(Metadata, port), side[guest.Network], guest.Address);

    static RunningProgram Proxy(StackmetaData data, int network, string configuration) =>
        Haproxy.Start(NamespaceOf(network), data.Folder, configuration);

    static string NamespaceOf(int network) => $"qdhcp-{BenchGuest.NetworkId(network)}";

    internal static void WaitFor(Place place)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                if (LoadRun.Fetch(place, GuestRequests.MetaData().Bytes(0)).Status == 200 || tries == 300)
                {
                    return;
                }
            }
            catch (IOException) when (tries < 300)
            {
                // Not yet there.
            }
            Task.Delay(100).GetAwaiter().GetResult();
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
}
