using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Stackmeta.Admin;

/// <summary>A request as the admin socket tells of it (<see cref="RequestJson"/>), read back by those who ask there.</summary>
public sealed record TracedRequest(
    DateTimeOffset Time,
    string RequestId,
    string Method,
    string Target,
    int Status,
    string? Refusal,
    string? RefusedBy,
    string? Scope,
    string? ScopeId,
    string? Address,
    string? InstanceId,
    double Milliseconds,
    ImmutableArray<TracedStep> Steps
)
{
    /// <exception cref="InvalidOperationException">It is another program's JSON.</exception>
    /// <exception cref="KeyNotFoundException">The same.</exception>
    public static TracedRequest Of(JsonElement json) =>
        new(
            json.GetProperty("time").GetDateTimeOffset(),
            Text(json, "request_id") ?? "",
            Text(json, "method") ?? "",
            Text(json, "target") ?? "",
            json.GetProperty("status").GetInt32(),
            Text(json, "refusal"),
            Text(json, "refused_by"),
            Text(json, "scope"),
            Text(json, "scope_id"),
            Text(json, "address"),
            Text(json, "instance_id"),
            json.GetProperty("duration_ms").GetDouble(),
            [
                .. json.GetProperty("steps")
                    .EnumerateArray()
                    .Select(static step => new TracedStep(
                        Text(step, "step") ?? "",
                        step.GetProperty("depth").GetInt32(),
                        step.GetProperty("began_ms").GetDouble(),
                        step.GetProperty("duration_ms").GetDouble()
                    )),
            ]
        );

    /// <summary>The status code as it is shown: a guest that went away got none.</summary>
    public string ShownStatus => Status == 0 ? "gone" : Status.ToString(CultureInfo.InvariantCulture);

    /// <summary>Why it was refused, for people; empty when it was not.</summary>
    public string Reason =>
        Refusal is not null ? $"{Refusal} (by {RefusedBy})"
        : Status >= 400 ? "answered so by the hop behind"
        : "";

    /// <summary>One line: when, who, what, how it ended, and how long each step took.</summary>
    public string Line
    {
        get
        {
            var steps = string.Join(' ', Steps.Select(static step => $"{step.Name} {Brief(step.Milliseconds)}"));
            var reason = Reason.Length > 0 ? $" {Reason}" : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Time.ToLocalTime():HH:mm:ss.fff} {Address ?? "-"} {Method} {Target} {ShownStatus} {Brief(Milliseconds)} ms ({steps}){reason}"
            );
        }
    }

    /// <summary>Milliseconds as they are shown.</summary>
    public static string Brief(double milliseconds) =>
        milliseconds.ToString(milliseconds < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture);

    static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}

/// <summary>A step of a traced request; times in milliseconds.</summary>
public sealed record TracedStep(string Name, int Depth, double Began, double Milliseconds);
