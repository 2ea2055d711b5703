using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Stackmeta.Admin;

namespace Stackmeta;

/// <summary><c>stackmeta refusals</c>: who got nothing lately, and why.</summary>
static class RefusalsCommand
{
    public static Command Create(CommonOptions common)
    {
        var filter = new RequestFilter();
        var all = new Option<bool>("--all")
        {
            Description = $"Also what most guests come by at every boot ({string.Join(", ", UsualRefusals.Names)})",
        };
        var rows = new RowOutput([
            "last",
            "times",
            "guest",
            "network or router",
            "instance",
            "asked",
            "code",
            "reason",
        ]);
        var command = new ExampleCommand(
            "refusals",
            "Show who was refused lately: when, where, by which hop, and the reason.",
            "stackmeta refusals",
            "stackmeta refusals --network lab --output json"
        )
        {
            filter.Network,
            filter.Instance,
            all,
        };
        rows.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                var chosen = await filter.ReadAsync(parsed, settings, cancellationToken);
                var clients = await AdminClient.FindAsync(
                    settings,
                    parsed.InvocationConfiguration.Error,
                    cancellationToken
                );
                var found = await FindAsync(clients, $"/refusals{chosen.Query}", cancellationToken);
                if (found.Count == 0 && chosen.Unknown is [var unknown, ..])
                {
                    throw new CommandException(
                        $"No refusal of {unknown.Id} is remembered, and the inventory has no {unknown.Kind} with this id."
                    );
                }
                var shown = found.Where(entry => parsed.GetValue(all) || !IsUsual(entry)).ToList();
                rows.Write(parsed, shown.Select(static entry => new RowOutput.Row(Row(entry), entry.WriteTo)));
                if (found.Count > shown.Count && rows.IsForEyes(parsed))
                {
                    await parsed.InvocationConfiguration.Output.WriteLineAsync(
                        $"{found.Count - shown.Count} usual ones are not shown; --all shows them."
                    );
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static async Task<List<JsonElement>> FindAsync(
        IReadOnlyList<AdminClient> clients,
        string target,
        CancellationToken cancellationToken
    )
    {
        var found = new List<JsonElement>();
        foreach (var client in clients)
        {
            using (client)
            {
                var answer = await client.GetJsonAsync(target, cancellationToken);
                found.AddRange(answer.GetProperty("refusals").EnumerateArray());
            }
        }
        return [.. found.OrderBy(static entry => entry.GetProperty("time").GetDateTimeOffset())];
    }

    /// <summary>Whether an entry of <c>/refusals</c> is one that every boot comes by.</summary>
    public static bool IsUsual(JsonElement entry) => UsualRefusals.Contain(entry.GetProperty("refusal").GetString());

    static IReadOnlyList<string?> Row(JsonElement entry)
    {
        var request = TracedRequest.Of(entry);
        return
        [
            request.Time.ToLocalTime().ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            entry.GetProperty("count").GetRawText(),
            request.Address,
            request.ScopeId,
            request.InstanceId,
            $"{request.Method} {request.Target}",
            request.ShownStatus,
            request.Reason,
        ];
    }
}
