using System.Net;
using System.Text;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// The metadata API alone, ours and Nova's own, on the same databases: warm, with one instance asked for again and again, and cold, with
/// every request another instance, copied from the one for the time of the bench.
/// </summary>
sealed class ApiBench(Options options) : IBench
{
    const int OwnPort = 18777;

    readonly RealCloud _cloud =
        RealCloud.Read(options.Cloud) ?? throw new ArgumentException("This bench needs --cloud FILE.");
    readonly Stack<IDisposable> _owned = new();

    public void Run(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("stackmeta-bench-api-");
        _owned.Push(new Folder(folder));
        var @namespace = Own(NamespaceHandle.Open(_cloud.Namespace));
        var instances = Own(new CopiedInstances(_cloud, options.Number("instances", options.IsSmoke ? 20 : 10_000)));
        var ours = Own(OwnApi.Start(_cloud, OwnPort, folder.FullName, options.Settings));
        ProcessGroup[] services =
        [
            .. _cloud.Groups.Where(group => !group.Name.StartsWith("agent", StringComparison.Ordinal)),
        ];
        ProcessGroup[] ownGroups =
        [
            ours.Group("stackmeta"),
            .. services.Where(group => group.Name is "MariaDB" or "neutron-api" or "keystone"),
        ];
        Warm(output, @namespace, ownGroups, services);
        Cold(output, @namespace, instances, ownGroups, services);
    }

    void Warm(TextWriter output, NamespaceHandle @namespace, ProcessGroup[] ours, ProcessGroup[] theirs)
    {
        var tournament = new Tournament(options.Rounds, options.Length);
        var standings = tournament.Run([
            WarmContender("ours", @namespace, OwnPort, ours, keep: false),
            WarmContender("nova-api-metadata", @namespace, _cloud.ApiPort, theirs, keep: false),
            WarmContender("ours, kept connections (Nova's has none)", @namespace, OwnPort, ours, keep: true),
        ]);
        output.WriteLine($"## Warm\n\nA connection a request; 8 at once; {tournament.Describe()}\n");
        output.WriteLine(Standing.Table(standings));
    }

    Contender WarmContender(string name, NamespaceHandle @namespace, int port, ProcessGroup[] groups, bool keep)
    {
        var question = QuestionOf(@namespace, port, _cloud.InstanceId, Learn(@namespace, port), []);
        return new(name, groups, () => new RoundRobin([question]), Askers: 8, keep);
    }

    void Cold(
        TextWriter output,
        NamespaceHandle @namespace,
        CopiedInstances instances,
        ProcessGroup[] ours,
        ProcessGroup[] theirs
    )
    {
        var table = new MarkdownTable(
            "",
            "instances",
            "answers/s",
            "p50 ms",
            "p99 ms",
            "CPU µs an answer",
            "of which",
            "SQL statements an answer",
            "errors"
        );
        // Each instance is asked for once by each, so there are no rounds: turns of some hundred instead.
        var share = Math.Min(instances.Count, options.Number("nova-instances", 600));
        ColdOnce(table, "ours", @namespace, OwnPort, ours, instances, 0, instances.Count);
        ColdOnce(table, "nova-api-metadata", @namespace, _cloud.ApiPort, theirs, instances, 0, share);
        output.WriteLine("## Cold\n\nEvery request another instance; a connection a request; 8 at once\n");
        output.WriteLine(table);
    }

    void ColdOnce(
        MarkdownTable table,
        string name,
        NamespaceHandle @namespace,
        int port,
        ProcessGroup[] groups,
        CopiedInstances instances,
        int first,
        int count
    )
    {
        var answer = Learn(@namespace, port);
        Question[] questions =
        [
            .. Enumerable
                .Range(first, count)
                .Select(number =>
                    QuestionOf(
                        @namespace,
                        port,
                        CopiedInstances.InstanceId(number),
                        answer,
                        [Encoding.ASCII.GetBytes(CopiedInstances.InstanceId(number))]
                    )
                ),
        ];
        var statements = instances.Statements();
        var before = groups.Select(group => group.CpuTime()).ToArray();
        var result = LoadRun.Run(
            new EachOnce(questions),
            askers: 8,
            keep: false,
            TimeSpan.FromMinutes(10),
            TimeSpan.FromSeconds(60)
        );
        var cpu = groups
            .Select((group, i) => (group.CpuTime() - before[i]).TotalMicroseconds / Math.Max(1, result.Answers))
            .ToArray();
        table.Add(
            name,
            $"{count:#,0}",
            Spread.Text(result.PerSecond),
            Spread.Text(result.Percentile(0.5)),
            Spread.Text(result.Percentile(0.99)),
            Spread.Text(cpu.Sum()),
            Standing.ByGroup(groups.Select((group, i) => (group.Name, cpu[i]))),
            Spread.Text((instances.Statements() - statements) / (double)Math.Max(1, result.Answers)),
            result.Errors == 0 ? "0" : $"{result.Errors}: {result.FirstError}"
        );
        Console.Error.Write('.');
    }

    /// <summary>What the recorded instance is told, with what tells its copies apart.</summary>
    AnswerTemplate Learn(NamespaceHandle @namespace, int port)
    {
        var (status, body) = LoadRun.Fetch(PlaceOf(@namespace, port), RequestOf(_cloud.InstanceId));
        return status == 200
            ? AnswerTemplate.Learn(status, body, [_cloud.InstanceId])
            : throw new InvalidOperationException($"{port}: {status} {Encoding.UTF8.GetString(body)}");
    }

    Question QuestionOf(
        NamespaceHandle @namespace,
        int port,
        string instanceId,
        AnswerTemplate answer,
        IReadOnlyList<byte[]> values
    ) =>
        new(
            PlaceOf(@namespace, port),
            RequestOf(instanceId),
            answer,
            values.Count > 0 ? values : [Encoding.ASCII.GetBytes(instanceId)]
        );

    byte[] RequestOf(string instanceId) =>
        Encoding.ASCII.GetBytes(
            "GET /openstack/latest/meta_data.json HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n"
                + $"{_cloud.HeadersOf(instanceId)}\r\n\r\n"
        );

    static Place PlaceOf(NamespaceHandle @namespace, int port) => Place.Ipv4(new(IPAddress.Loopback, port), @namespace);

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

    sealed class Folder(DirectoryInfo folder) : IDisposable
    {
        public void Dispose() => folder.Delete(recursive: true);
    }
}
