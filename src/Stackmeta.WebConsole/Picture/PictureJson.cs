using System.Text.Json;
using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>The parts of a picture as the page reads them (Page/js/feed.js).</summary>
static class PictureJson
{
    /// <summary>Refusals that are shown; <c>stackmeta refusals</c> lists all.</summary>
    const int ShownRefusals = 100;

    public static void Write(Utf8JsonWriter json, IReadOnlyList<ProcessState> processes)
    {
        json.WriteStartArray("processes");
        foreach (var process in processes)
        {
            json.WriteStartObject();
            json.WriteString("socket", process.Socket);
            json.WriteBoolean("ready", process.IsReady);
            json.WriteStartArray("reasons");
            if (process.Silence is { } silence)
            {
                json.WriteStringValue(silence);
            }
            foreach (var finding in process.Findings.Where(static finding => !finding.IsWell))
            {
                json.WriteStringValue($"{finding.Name}: {finding.Reason}");
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(
        Utf8JsonWriter json,
        IEnumerable<StationPicture> stations,
        IReadOnlyList<ProcessState> processes,
        DateTimeOffset now
    )
    {
        var findings = processes.SelectMany(static process => process.Findings).ToList();
        json.WriteStartArray("stations");
        foreach (var picture in stations)
        {
            var state = picture.State(now);
            var ours = findings.Where(finding => Stations.OfFinding(finding.Name) == picture.Station).ToList();
            var trouble = ours.Where(static finding => !finding.IsWell).Select(static finding => finding.Reason);
            var isThere =
                state.IsSeen || findings.Exists(finding => Stations.ShownBy(finding.Name).Contains(picture.Station));
            json.WriteStartObject();
            json.WriteString("name", Stations.NameOf(picture.Station));
            json.WriteBoolean("there", isThere);
            json.WriteString("trouble", string.Join("; ", trouble));
            // What is said of a station that is well, such as how many networks it serves.
            json.WriteString(
                "note",
                string.Join(
                    "; ",
                    ours.Where(static finding => finding is { IsWell: true, Reason.Length: > 0 })
                        .Select(static finding => finding.Reason)
                )
            );
            json.WriteNumber("per_s", Math.Round(state.PerSecond, 1));
            WriteTime(json, "median_ms", state.Median);
            WriteTime(json, "slow_ms", state.Slow);
            json.WriteStartArray("refused");
            foreach (var (reason, count) in state.Reasons)
            {
                json.WriteStartObject();
                json.WriteString("reason", reason);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(
        Utf8JsonWriter json,
        IReadOnlyList<RefusedGuest> refusals,
        GuestList guests,
        KnownGuests known
    )
    {
        json.WriteStartArray("refusals");
        foreach (var refused in refusals.Take(ShownRefusals))
        {
            json.WriteStartObject();
            json.WriteString("id", refused.Last.RequestId);
            json.WriteBoolean("usual", !SeenRequest.IsTrouble(refused.Last));
            json.WriteNumber("count", refused.Count);
            WriteRequest(json, refused.Last);
            if (GuestList.KeyOf(refused.Last, known) is { } key)
            {
                json.WritePropertyName("guest");
                GuestJson.Write(json, guests.RowOf(key));
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void WriteFlow(Utf8JsonWriter json, IEnumerable<TracedRequest> requests)
    {
        json.WriteStartArray("flow");
        foreach (var request in requests)
        {
            json.WriteStartObject();
            var end = SeenRequest.RefusedAt(request) ?? SeenRequest.Reached(request);
            json.WriteString("to", end is { } station ? Stations.NameOf(station) : null);
            json.WriteBoolean("refused", SeenRequest.IsTrouble(request));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>When, what, how it ended and why.</summary>
    public static void WriteRequest(Utf8JsonWriter json, TracedRequest request)
    {
        json.WriteString("time", request.Time);
        json.WriteString("method", request.Method);
        json.WriteString("target", request.Target);
        json.WriteString("status", request.ShownStatus);
        json.WriteString("reason", request.Refusal);
        json.WriteString("by", request.RefusedBy);
        WriteTime(json, "ms", request.Milliseconds);
    }

    public static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }
        json.WriteEndArray();
    }

    static void WriteTime(Utf8JsonWriter json, string name, double? milliseconds)
    {
        if (milliseconds is { } known)
        {
            json.WriteNumber(name, Math.Round(known, 3));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
