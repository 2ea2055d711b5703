using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stackmeta.Http;

namespace Stackmeta.Admin;

/// <summary><c>/refusals</c> and <c>/trace</c>: what happened to guests' requests, lately and now.</summary>
public static class RequestRoutes
{
    const string LinesOfJson = "application/x-ndjson";

    static readonly AdminParameter[] Filters =
    [
        new("network", "Only of this network or router."),
        new("instance", "Only of this instance."),
    ];

    static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<AdminRoute> Of(RefusalMemory refusals, RequestFeed feed) =>
        [
            new(
                "GET",
                "/refusals",
                "Who was refused lately and why; the latest comes last.",
                request => RefusalsAsync(request, refusals)
            )
            {
                Query = [.. Filters, new("limit", "At most so many, the latest.")],
                Responses = [new(200, "The refusals.", AdminAnswer.Json, "Refusals"), BadQuery],
            },
            new(
                "GET",
                "/trace",
                "Requests as they end, a line of JSON each, until you go.",
                request => TraceAsync(request, feed)
            )
            {
                Query = Filters,
                Responses = [new(200, "A line each; {\"missed\": n} where you were too slow.", LinesOfJson, "Request")],
            },
        ];

    static AdminResponse BadQuery => new(400, "The query cannot be understood.", AdminAnswer.Json, "Errors");

    static Task RefusalsAsync(AdminRequest request, RefusalMemory refusals)
    {
        var limit = RefusalMemory.Capacity;
        if (
            request.Query("limit") is { } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit == 0)
        )
        {
            return AdminAnswer.ErrorAsync(request, 400, "limit must be a whole number above 0");
        }
        var (all, total) = (refusals.All, refusals.Total);
        var fits = FilterOf(request);
        var shown = all.Where(entry => fits(entry.Last)).ToList();
        return AdminAnswer.JsonAsync(
            request,
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteNumber("total", total);
                json.WriteStartArray("refusals");
                foreach (var entry in shown.Skip(shown.Count - limit))
                {
                    json.WriteStartObject();
                    json.WriteNumber("count", entry.Count);
                    json.WriteString("first", entry.First);
                    RequestJson.WriteFields(json, entry.Last);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }

    static async Task TraceAsync(AdminRequest request, RequestFeed feed)
    {
        var response = request.Http.Response;
        response.ContentType = LinesOfJson;
        if (RequestMethod.IsHead(request.Http))
        {
            return;
        }
        var fits = FilterOf(request);
        using var watch = feed.Begin();
        // Whoever asks knows by the head of the answer that it is watching.
        await response.StartAsync(request.Aborted);
        await response.BodyWriter.FlushAsync(request.Aborted);
        var line = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(line, OneLine);
        while (await watch.Requests.WaitToReadAsync(request.Aborted))
        {
            while (watch.Requests.TryRead(out var observed))
            {
                if (fits(observed))
                {
                    WriteLine(line, json, writer => RequestJson.Write(writer, observed));
                }
            }
            if (watch.TakeMissed() is var missed and > 0)
            {
                WriteLine(line, json, writer => WriteMissed(writer, missed));
            }
            if (line.WrittenCount > 0)
            {
                await response.BodyWriter.WriteAsync(line.WrittenMemory, request.Aborted);
                line.ResetWrittenCount();
            }
        }
    }

    static void WriteLine(ArrayBufferWriter<byte> line, Utf8JsonWriter json, Action<Utf8JsonWriter> write)
    {
        json.Reset();
        write(json);
        json.Flush();
        line.Write("\n"u8);
    }

    static void WriteMissed(Utf8JsonWriter json, long missed)
    {
        json.WriteStartObject();
        json.WriteNumber("missed", missed);
        json.WriteEndObject();
    }

    static Func<ObservedRequest, bool> FilterOf(AdminRequest request)
    {
        var (network, instance) = (request.Query("network"), request.Query("instance"));
        return observed =>
            (network is null || observed.ScopeId == network) && (instance is null || observed.InstanceId == instance);
    }
}
