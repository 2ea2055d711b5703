using System.Net;
using System.Text;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// Guests that all boot at once, as after a power cut, before a program that has just started and knows none of them. Each asks
/// cloud-init's 28 questions one after another on a connection each; so many boot at once, and the next begins when one is done.
/// </summary>
sealed class StormBench(Options options) : IBench
{
    readonly Stack<IDisposable> _owned = new();
    readonly MarkdownTable _table = new(
        "",
        "guests",
        "requests",
        "at once",
        "seconds",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "longest ms",
        "errors",
        "CPU µs a request",
        "SQL statements a guest",
        "peak MiB",
        "PSS after, MiB"
    );

    int Guests => options.Number("guests", options.IsSmoke ? 20 : 10_000);

    int AtOnce => options.Number("at-once", 256);

    public void Run(TextWriter output)
    {
        var rounds = options.Number("rounds", options.IsSmoke ? 1 : 3);
        for (var round = 0; round < rounds; round++)
        {
            OnOwnInventory();
            Dispose();
        }
        if (RealCloud.Read(options.Cloud) is { } cloud)
        {
            // Once each: of the second it is Neutron that takes its time, which is asked for the security groups of each guest.
            if (cloud.NeutronConfiguration is { } neutron)
            {
                OnNovaDatabases(cloud, "security groups from Neutron's database", $"api.neutron_config_file={neutron}");
                Dispose();
            }
            if (options.Number("rest", 1) > 0)
            {
                OnNovaDatabases(cloud, "security groups from Neutron's REST API");
            }
        }
        output.WriteLine("## Boot storm\n");
        output.WriteLine(_table);
    }

    /// <summary>The whole path in one process, on SQLite, over many networks.</summary>
    void OnOwnInventory()
    {
        var networks = new NetworkRange(0, options.Number("networks", options.IsSmoke ? 2 : 100));
        var guests = BenchGuest.Many(Guests, networks);
        var requests = LearnFromOne(guests[0]);
        var data = Own(new StackmetaData(guests, networks));
        var up = Own(data.Start("up", ["api.listen=127.0.0.1:18775", "log.level=warning", .. options.Settings]));
        var side = Own(new GuestSide(networks, guests));
        Place[] places = [.. guests.Select(guest => PlaceOf(side, guest))];
        IReadOnlyList<byte[]>[] values = [.. guests.Select(guest => guest.ValueBytes())];

        Storm(
            $"one process, SQLite, {networks.Count} networks",
            // The networks' DHCP servers are dnsmasq's own.
            up.Group("stackmeta") with
            {
                OnlyRoots = true,
            },
            [up.Group("stackmeta")],
            requests.Count,
            (guest, step) => requests.Of(places[guest], values[guest], step),
            static () => 0
        );
    }

    /// <summary>What guests must be told is learnt from another process, which ends before the one that is measured starts.</summary>
    static GuestRequests LearnFromOne(BenchGuest guest)
    {
        var networks = new NetworkRange(guest.Network, 1);
        using var data = new StackmetaData([guest], networks);
        using var up = data.Start("up", "api.listen=127.0.0.1:18775", "log.level=warning");
        using var side = new GuestSide(networks, [guest]);
        return GuestRequests.CloudInit().Learn(PlaceOf(side, guest), guest.Values);
    }

    static Place PlaceOf(GuestSide side, BenchGuest guest) =>
        Place.Ipv4(new(new IPAddress([169, 254, 169, 254]), 80), side[guest.Network], guest.Address);

    /// <summary>The API on Nova's databases, asked as its agents ask.</summary>
    void OnNovaDatabases(RealCloud cloud, string name, params string[] settings)
    {
        const int Port = 18778;
        var folder = Directory.CreateTempSubdirectory("stackmeta-bench-storm-");
        var @namespace = Own(NamespaceHandle.Open(cloud.Namespace));
        var instances = Own(new CopiedInstances(cloud, Guests));
        var place = Place.Ipv4(new(IPAddress.Loopback, Port), @namespace);
        GuestRequests requests;
        using (OwnApi.Start(cloud, Port, folder.FullName, settings))
        {
            requests = GuestRequests
                .CloudInit()
                .WithHeaders(cloud.HeadersOf(CopiedInstances.InstanceId(0)))
                .Learn(place, instances.Values(0));
        }
        var api = Own(OwnApi.Start(cloud, Port, folder.FullName, settings));
        var groups = cloud.Groups.Where(group => group.Name is "MariaDB" or "neutron-api" or "keystone");
        byte[][][] bytes =
        [
            .. Enumerable
                .Range(0, instances.Count)
                .Select(number => requests.BytesWith(cloud.HeadersOf(CopiedInstances.InstanceId(number)))),
        ];
        IReadOnlyList<byte[]>[] values =
        [
            .. Enumerable
                .Range(0, instances.Count)
                .Select(number => (IReadOnlyList<byte[]>)[.. instances.Values(number).Select(Encoding.ASCII.GetBytes)]),
        ];
        Storm(
            $"API, Nova's databases on MariaDB, {name}",
            api.Group("stackmeta"),
            [api.Group("stackmeta"), .. groups],
            requests.Count,
            (guest, step) => requests.Of(place, values[guest], step) with { Request = bytes[guest][step] },
            instances.Statements
        );
        folder.Delete(recursive: true);
    }

    void Storm(
        string name,
        ProcessGroup own,
        IReadOnlyList<ProcessGroup> groups,
        int steps,
        Func<int, int, Question> question,
        Func<long> statements
    )
    {
        var (cpu, asked) = (groups.Sum(group => group.CpuTime().TotalMicroseconds), statements());
        var result = LoadRun.Run(
            new BootStorm(Guests, steps, question),
            Math.Min(AtOnce, Guests),
            keep: false,
            TimeSpan.FromMinutes(10),
            TimeSpan.FromSeconds(60)
        );
        cpu = groups.Sum(group => group.CpuTime().TotalMicroseconds) - cpu;
        asked = statements() - asked;
        _table.Add(
            name,
            $"{Guests:#,0}",
            $"{Guests * steps:#,0}",
            $"{AtOnce}",
            Spread.Text(result.Elapsed.TotalSeconds),
            Spread.Text(result.PerSecond),
            Spread.Text(result.Percentile(0.5)),
            Spread.Text(result.Percentile(0.99)),
            Spread.Text(result.Percentile(1)),
            result.Errors == 0 ? "0" : $"{result.Errors}: {result.FirstError}",
            Spread.Text(cpu / Math.Max(1, result.Answers)),
            asked == 0 ? "" : Spread.Text(asked / (double)Guests),
            Spread.Text(own.PeakKib() / 1024.0),
            Spread.Text(own.PssKib() / 1024.0)
        );
        Console.Error.Write('.');
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
