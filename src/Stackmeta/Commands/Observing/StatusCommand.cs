using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Stackmeta;

/// <summary><c>stackmeta status</c>: what runs on the data folder, and whether it could answer a guest now.</summary>
static class StatusCommand
{
    const string RequestsMetric = "stackmeta_requests_total{hop=\"";

    public static Command Create(CommonOptions common)
    {
        var format = OutputOption.Create();
        var command = new ExampleCommand(
            "status",
            "Show what runs or is dead, whether it could answer a guest now, and if not why; ends with 1 then.",
            "stackmeta status",
            "stackmeta status --output json"
        )
        {
            format,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                var (clients, dead, trouble) = await AdminClient.LookAsync(settings, cancellationToken);
                if (clients.Count == 0 && dead.Count == 0)
                {
                    throw AdminClient.None(settings, dead, trouble);
                }
                List<State> states = [.. dead.Select(State.Of)];
                foreach (var client in clients)
                {
                    using (client)
                    {
                        states.Add(await StateOfAsync(client, cancellationToken));
                    }
                }
                Print(parsed.InvocationConfiguration.Output, parsed.GetValue(format), states);
                return states.TrueForAll(static state => state.IsReady) ? ExitCodes.Done : ExitCodes.Failed;
            }
        );
        return command;
    }

    static async Task<State> StateOfAsync(AdminClient client, CancellationToken cancellationToken)
    {
        var ready = await client.GetJsonAsync("/readyz?format=json", cancellationToken);
        var refusals = await client.GetJsonAsync("/refusals?limit=1", cancellationToken);
        var metrics = await client.GetTextAsync("/metrics", cancellationToken);
        return new(
            client.Socket,
            ready.GetProperty("ok").GetBoolean(),
            [
                .. ready
                    .GetProperty("findings")
                    .EnumerateArray()
                    .Select(static finding =>
                        (
                            finding.GetProperty("name").GetString()!,
                            finding.GetProperty("ok").GetBoolean(),
                            finding.GetProperty("reason").GetString()!
                        )
                    ),
            ],
            RequestsOf(metrics),
            refusals.GetProperty("total").GetInt64()
        );
    }

    /// <summary>How many requests each hop has answered.</summary>
    static Dictionary<string, long> RequestsOf(string metrics)
    {
        var requests = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in metrics.Split('\n'))
        {
            if (line.StartsWith(RequestsMetric, StringComparison.Ordinal))
            {
                var hop = line[RequestsMetric.Length..line.IndexOf('"', RequestsMetric.Length)];
                var count = long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
                requests[hop] = requests.GetValueOrDefault(hop) + count;
            }
        }
        return requests;
    }

    static void Print(TextWriter output, OutputFormat format, List<State> states)
    {
        if (format != OutputFormat.Table)
        {
            output.WriteLine(JsonText.Write(json => WriteJson(json, states)).As(format));
            return;
        }
        foreach (var state in states)
        {
            output.WriteLine($"{(state.IsReady ? "ready" : state.IsAlive ? "NOT READY" : "DEAD")}  {state.Socket}");
            foreach (var (name, isWell, reason) in state.Findings)
            {
                output.WriteLine($"  {(isWell ? '+' : '-')} {name}{(reason.Length > 0 ? $": {reason}" : "")}");
            }
            if (!state.IsAlive)
            {
                continue;
            }
            var requests = string.Join(", ", state.Requests.Select(static pair => $"{pair.Key} {pair.Value}"));
            output.WriteLine($"  requests: {(requests.Length > 0 ? requests : "none yet")}; refused: {state.Refused}");
        }
    }

    static void WriteJson(Utf8JsonWriter json, List<State> states)
    {
        json.WriteStartArray();
        foreach (var state in states)
        {
            json.WriteStartObject();
            json.WriteString("socket", state.Socket);
            json.WriteBoolean("alive", state.IsAlive);
            json.WriteBoolean("ready", state.IsReady);
            json.WriteStartArray("findings");
            foreach (var (name, isWell, reason) in state.Findings)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteBoolean("ok", isWell);
                json.WriteString("reason", reason);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartObject("requests");
            foreach (var (hop, count) in state.Requests)
            {
                json.WriteNumber(hop, count);
            }
            json.WriteEndObject();
            json.WriteNumber("refused", state.Refused);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    sealed record State(
        string Socket,
        bool IsReady,
        IReadOnlyList<(string Name, bool IsWell, string Reason)> Findings,
        Dictionary<string, long> Requests,
        long Refused,
        bool IsAlive = true
    )
    {
        public static State Of(DeadProcess process) =>
            new(process.Socket, IsReady: false, [("process", false, process.Sentence)], [], Refused: 0, IsAlive: false);
    }
}
