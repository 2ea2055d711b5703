using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// One inventory on PostgreSQL for many hosts: how long a large import takes, and how soon every host shows what a guest has changed on
/// one of them.
/// </summary>
sealed class SharedBench(Options options) : IBench
{
    const int DatabasePort = 18789;
    const int FirstPort = 18790;
    const int Hosts = 4;

    readonly Stack<IDisposable> _owned = new();

    public void Run(TextWriter output)
    {
        var folder = Own(new TemporaryFolder());
        var database = Own(new PostgresServer(DatabasePort));
        Import(output, folder, database);
        Changes(output, folder, database);
    }

    void Import(TextWriter output, TemporaryFolder folder, PostgresServer database)
    {
        var table = new MarkdownTable(
            "instances, with a port each",
            "document, MiB",
            "into a file, s",
            "into PostgreSQL, s"
        );
        foreach (var count in options.IsSmoke ? [100] : new[] { 10_000, 100_000 })
        {
            var networks = new NetworkRange(0, 100);
            var document = folder.File("inventory.json");
            InventoryDocument.Write(document, BenchGuest.Many(count, networks), networks);
            string[] import = ["import", "--replace", document];
            table.Add(
                $"{count:#,0}",
                Spread.Text(new FileInfo(document).Length / (double)(1 << 20)),
                Spread.Text(SecondsOf([.. import, "--data", folder.File($"own-{count}")])),
                Spread.Text(SecondsOf([.. import, "--data", folder.Path, "--set", $"inventory.url={database.Url}"]))
            );
            Console.Error.Write('.');
        }
        output.WriteLine($"## Import\n\n{table}");
    }

    void Changes(TextWriter output, TemporaryFolder folder, PostgresServer database)
    {
        var changes = options.Number("changes", options.IsSmoke ? 5 : 500);
        var guests = BenchGuest.Many(changes, new(0, 1));
        var document = folder.File("inventory.json");
        InventoryDocument.Write(document, guests, new(0, 1));
        SecondsOf(["import", "--replace", document, "--data", folder.Path, "--set", $"inventory.url={database.Url}"]);
        var hosts = Enumerable.Range(0, Hosts).Select(host => StartHost(host, folder, database)).ToArray();
        var secret = Encoding.ASCII.GetBytes(File.ReadAllText(folder.File("host-0/secret")).TrimEnd());
        var (own, first, last) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var guest in guests)
        {
            // Every host keeps the record from here on, for longer than the bench takes.
            foreach (var host in hosts)
            {
                Expect(Ask(host, guest, secret, password: null), "");
            }
            var began = Stopwatch.GetTimestamp();
            Expect(Ask(hosts[0], guest, secret, "c2VjcmV0"), "");
            var answered = Stopwatch.GetTimestamp();
            own.Add(Stopwatch.GetElapsedTime(began, answered).TotalMilliseconds);
            var waiting = hosts[1..].ToList();
            var seen = new List<double>();
            while (waiting.Count > 0)
            {
                foreach (var host in waiting.ToArray())
                {
                    if (Ask(host, guest, secret, password: null).Body.Length > 0)
                    {
                        seen.Add(Stopwatch.GetElapsedTime(answered).TotalMilliseconds);
                        waiting.Remove(host);
                    }
                }
                if (Stopwatch.GetElapsedTime(answered) > TimeSpan.FromSeconds(30))
                {
                    throw new InvalidOperationException("A host has not heard of a change.");
                }
            }
            first.Add(seen[0]);
            last.Add(seen[^1]);
        }
        var table = new MarkdownTable("ms", "p50", "p99", "longest");
        Add(table, "the guest's POST on its host, until it is answered", own);
        Add(table, "from that answer until another host shows the password", first);
        Add(table, $"… until all {Hosts - 1} others do", last);
        output.WriteLine($"## Changes\n\n{changes} passwords, {Hosts} hosts that keep each record\n\n{table}");
    }

    Host StartHost(int number, TemporaryFolder folder, PostgresServer database)
    {
        var data = folder.File($"host-{number}");
        Directory.CreateDirectory(data);
        if (number > 0)
        {
            File.Copy(folder.File("host-0/secret"), Path.Combine(data, "secret"));
        }
        return Own(
            new Host(
                RunningProgram.Start(
                    StackmetaData.Program,
                    [
                        "api",
                        "--data",
                        data,
                        "--set",
                        $"inventory.url={database.Url}",
                        "--set",
                        $"api.listen=127.0.0.1:{FirstPort + number}",
                        "--set",
                        "api.cache_seconds=3600",
                        "--set",
                        "log.level=warning",
                    ],
                    "Ready."
                ),
                Place.Ipv4(new(IPAddress.Loopback, FirstPort + number))
            )
        );
    }

    static (int Status, byte[] Body) Ask(Host host, BenchGuest guest, byte[] secret, string? password)
    {
        var signature = Convert.ToHexStringLower(
            HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(guest.InstanceId))
        );
        var method = password is null ? "GET" : "POST";
        return LoadRun.Fetch(
            host.Place,
            Encoding.ASCII.GetBytes(
                $"{method} /openstack/latest/password HTTP/1.1\r\nHost: bench\r\nX-Instance-ID: {guest.InstanceId}\r\nX-Tenant-ID: bench\r\nX-Instance-ID-Signature: {signature}\r\nContent-Length: {password?.Length ?? 0}\r\n\r\n{password}"
            )
        );
    }

    static void Expect((int Status, byte[] Body) answer, string body)
    {
        if (answer.Status != 200 || Encoding.ASCII.GetString(answer.Body) != body)
        {
            throw new InvalidOperationException($"{answer.Status} {Encoding.ASCII.GetString(answer.Body)}");
        }
    }

    static void Add(MarkdownTable table, string what, List<double> times)
    {
        times.Sort();
        table.Add(
            what,
            Spread.Text(times[times.Count / 2]),
            Spread.Text(times[times.Count * 99 / 100]),
            Spread.Text(times[^1])
        );
    }

    static double SecondsOf(IEnumerable<string> arguments)
    {
        var began = Stopwatch.GetTimestamp();
        Shell.Run(StackmetaData.Program, arguments);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
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

    sealed record Host(RunningProgram Program, Place Place) : IDisposable
    {
        public void Dispose() => Program.Dispose();
    }

    sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("stackmeta-bench-shared-").FullName;

        public string File(string name) => System.IO.Path.Combine(Path, name);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
