using System.Text;

namespace Stackmeta.Admin;

/// <summary><c>/livez</c>, <c>/readyz</c>, <c>/startupz</c>: 200 or 503, and why in the body, a line a finding.</summary>
public static class HealthRoutes
{
    static readonly IReadOnlyList<AdminResponse> Responses =
    [
        new(200, "It is.", "text/plain"),
        new(503, "It is not; the lines that begin with - say why.", "text/plain"),
    ];

    static readonly AdminParameter Format = new("format", "'json' for JSON instead of lines.");

    public static IEnumerable<AdminRoute> Of(Health health) =>
        [
            new(
                "GET",
                "/livez",
                "Whether the process lives: that it answers, and that its own doors are open.",
                async request => await AnswerAsync(request, await health.LookAtLifeAsync())
            )
            {
                Responses = Responses,
                Query = [Format],
            },
            new(
                "GET",
                "/readyz",
                "Whether a guest's request could be answered now.",
                async request => await AnswerAsync(request, await health.LookAsync())
            )
            {
                Responses = Responses,
                Query = [Format],
            },
            new(
                "GET",
                "/startupz",
                "Whether the start is over: whether a guest's request could be answered at any time since.",
                async request => await AnswerAsync(request, [await health.LookAtStartAsync()])
            )
            {
                Responses = Responses,
                Query = [Format],
            },
        ];

    static Task AnswerAsync(AdminRequest request, IReadOnlyList<NamedFinding> findings)
    {
        var isWell = findings.All(static finding => finding.IsWell);
        var status = isWell ? 200 : 503;
        if (request.Query("format") == "json")
        {
            return AdminAnswer.JsonAsync(
                request,
                status,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteBoolean("ok", isWell);
                    json.WriteStartArray("findings");
                    foreach (var (name, isFindingWell, reason) in findings)
                    {
                        json.WriteStartObject();
                        json.WriteString("name", name);
                        json.WriteBoolean("ok", isFindingWell);
                        json.WriteString("reason", reason);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                    json.WriteEndObject();
                }
            );
        }
        var text = new StringBuilder();
        foreach (var (name, isFindingWell, reason) in findings)
        {
            text.Append(isFindingWell ? '+' : '-').Append(' ').Append(name);
            text.Append(reason.Length > 0 ? $": {reason}" : "").Append('\n');
        }
        return AdminAnswer.TextAsync(request, status, text.ToString());
    }
}
