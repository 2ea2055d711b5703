using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Stackmeta.Admin;

namespace Stackmeta.WebConsole.Tests;

/// <summary>
/// A path that says what a test wants: one process with an inventory, requests when the test sends them, and answers about guests.
/// </summary>
sealed class ScriptedPath : IConsolePath
{
    readonly List<JsonElement> _refusals = [];
    Channel<JsonElement> _trace = Channel.CreateUnbounded<JsonElement>();

    /// <summary>Whether anything runs.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>Why the process is not ready; empty when it is.</summary>
    public string Trouble { get; set; } = "";

    /// <summary>What <c>/inventory/…</c> answers, by kind; null on a process that has none.</summary>
    public Dictionary<string, string>? Inventory { get; set; } =
        new()
        {
            ["networks"] = "[]",
            ["subnets"] = "[]",
            ["ports"] = "[]",
            ["instances"] = "[]",
        };

    /// <summary>What explaining answers.</summary>
    public Func<GuestName, string> Explain { get; set; } = _ => throw new ConsoleException("Nobody explains here.");

    /// <summary>What documents hold.</summary>
    public Func<string, GuestDocument> Document { get; set; } = _ => new GuestDocument(404, default);

    /// <summary>The documents that were asked for.</summary>
    public List<string> Read { get; } = [];

    /// <summary>How many follow the trace now.</summary>
    public int Followers { get; private set; }

    public void Send(TracedRequest request)
    {
        var json = Json(request);
        if (SeenRequest.IsTrouble(request) || request.Refusal is not null)
        {
            lock (_refusals)
            {
                _refusals.Add(json);
            }
        }
        _trace.Writer.TryWrite(json);
    }

    /// <summary>Ends the process.</summary>
    public void Stop()
    {
        IsRunning = false;
        _trace.Writer.TryComplete();
        _trace = Channel.CreateUnbounded<JsonElement>();
    }

    public Task<IReadOnlyList<IAdminSocket>> FindAsync(CancellationToken cancellationToken) =>
        IsRunning
            ? Task.FromResult<IReadOnlyList<IAdminSocket>>([new Process(this)])
            : throw new ConsoleException("No running stackmeta answers for /var/lib/stackmeta. Start one.");

    public Task<string> ExplainAsync(GuestName guest, CancellationToken cancellationToken) =>
        Task.FromResult(Explain(guest));

    public Task<GuestDocument> ReadAsync(GuestName guest, string path, CancellationToken cancellationToken)
    {
        Read.Add(path);
        return Task.FromResult(Document(path));
    }

    /// <summary>A request in the form of <c>/trace</c>, and of an entry of <c>/refusals</c>.</summary>
    public static JsonElement Json(TracedRequest request, long count = 1)
    {
        using var document = JsonDocument.Parse(
            JsonText.Write(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("count", count);
                json.WriteString("first", request.Time);
                json.WriteString("time", request.Time);
                json.WriteString("request_id", request.RequestId);
                json.WriteString("method", request.Method);
                json.WriteString("target", request.Target);
                json.WriteNumber("status", request.Status);
                json.WriteString("refusal", request.Refusal);
                json.WriteString("refused_by", request.RefusedBy);
                json.WriteString("scope", request.Scope);
                json.WriteString("scope_id", request.ScopeId);
                json.WriteString("address", request.Address);
                json.WriteString("instance_id", request.InstanceId);
                json.WriteNumber("duration_ms", request.Milliseconds);
                json.WriteStartArray("steps");
                foreach (var step in request.Steps)
                {
                    json.WriteStartObject();
                    json.WriteString("step", step.Name);
                    json.WriteNumber("depth", step.Depth);
                    json.WriteNumber("began_ms", step.Began);
                    json.WriteNumber("duration_ms", step.Milliseconds);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            })
        );
        return document.RootElement.Clone();
    }

    /// <summary>An inventory of networks with so many guests each: guest 3 of network 1 is <c>vm-1-3</c> at 10.1.0.13.</summary>
    public static Dictionary<string, string> InventoryOf(int networks, int guests)
    {
        var all = Enumerable.Range(0, networks).ToList();
        return new()
        {
            ["networks"] = List(all.Select(n => $$"""{"id": "{{NetworkId(n)}}", "name": "net-{{n}}"}""")),
            ["subnets"] = List(
                all.Select(n => $$"""{"id": "s{{n}}", "network_id": "{{NetworkId(n)}}", "cidr": "10.{{n}}.0.0/16"}""")
            ),
            ["ports"] = List(
                from n in all
                from g in Enumerable.Range(0, guests)
                select $$"""{"id": "port-{{n}}-{{g}}", "network_id": "{{NetworkId(n)}}", "device_id": "vm-id-{{n}}-{{g}}", "device_owner": "compute:nova", "mac_address": "fa:16:3e:00:00:01", "fixed_ips": [{"ip_address": "10.{{n}}.{{(g + 10) / 256}}.{{(g + 10) % 256}}"}]}"""
            ),
            ["instances"] = List(
                from n in all
                from g in Enumerable.Range(0, guests)
                select $$"""{"id": "vm-id-{{n}}-{{g}}", "name": "vm-{{n}}-{{g}}"}"""
            ),
        };
    }

    public static string NetworkId(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number + 0x11111111:x8}-0000-0000-0000-000000000000");

    static string List(IEnumerable<string> entries) => $"[{string.Join(',', entries)}]";

    sealed class Process(ScriptedPath path) : IAdminSocket
    {
        public string Socket => "/var/lib/stackmeta/run/admin.sock";

        public Task<JsonElement> GetJsonAsync(string target, CancellationToken cancellationToken)
        {
            if (!path.IsRunning)
            {
                throw new ConsoleException("It does not answer.");
            }
            return Task.FromResult(
                target switch
                {
                    "/refusals" => Refusals(),
                    "/readyz?format=json" => Parse(Ready()),
                    _ when path.Inventory is { } inventory => Parse(inventory[target["/inventory/".Length..]]),
                    _ => Parse("""{"errors": []}"""),
                }
            );
        }

        public async IAsyncEnumerable<JsonElement> FollowAsync(
            string target,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            path.Followers++;
            try
            {
                await foreach (var line in path._trace.Reader.ReadAllAsync(cancellationToken))
                {
                    yield return line;
                }
            }
            finally
            {
                path.Followers--;
            }
        }

        public void Dispose() { }

        string Ready()
        {
            var isWell = path.Trouble.Length == 0 ? "true" : "false";
            return $$"""
                {"ok": {{isWell}}, "findings": [
                 {"name": "start", "ok": true, "reason": ""}, {"name": "networks", "ok": true, "reason": "3 served"},
                 {"name": "agent", "ok": {{isWell}}, "reason": "{{path.Trouble}}"}, {"name": "ports", "ok": true, "reason": ""},
                 {"name": "api", "ok": true, "reason": ""}, {"name": "instances", "ok": true, "reason": ""}]}
                """;
        }

        JsonElement Refusals()
        {
            lock (path._refusals)
            {
                return Parse(
                    $$"""{"total": 1, "refusals": {{List(path._refusals.Select(static one => one.GetRawText()))}}}"""
                );
            }
        }

        static JsonElement Parse(string text)
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
    }
}
