using System.Collections.Immutable;
using System.Text.Json;

namespace Stackmeta.WebConsole;

/// <summary>A running process of the path, by what it says of itself.</summary>
/// <param name="Socket">Its admin socket.</param>
/// <param name="IsReady">Whether it could answer a guest now.</param>
/// <param name="Findings">What it looked at.</param>
/// <param name="Silence">Why it says nothing; null when it does.</param>
sealed record ProcessState(string Socket, bool IsReady, ImmutableArray<ProcessFinding> Findings, string? Silence = null)
{
    /// <summary>What <c>/readyz?format=json</c> says.</summary>
    public static ProcessState Of(string socket, JsonElement ready) =>
        new(
            socket,
            ready.GetProperty("ok").GetBoolean(),
            [
                .. ready
                    .GetProperty("findings")
                    .EnumerateArray()
                    .Select(static finding => new ProcessFinding(
                        finding.GetProperty("name").GetString() ?? "",
                        finding.GetProperty("ok").GetBoolean(),
                        finding.GetProperty("reason").GetString() ?? ""
                    )),
            ]
        );

    public static ProcessState Silent(string socket, string why) => new(socket, false, [], why);
}

/// <summary>One thing that a process looked at.</summary>
readonly record struct ProcessFinding(string Name, bool IsWell, string Reason);
