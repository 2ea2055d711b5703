using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Http;

namespace Stackmeta.Tests;

/// <summary>Takes what is sent over OTLP/HTTP, and reads it by the field numbers of opentelemetry-proto 1.x.</summary>
sealed class Collector : IAsyncDisposable
{
    readonly ConcurrentQueue<(string Path, byte[] Body)> _taken = new();
    HttpServer _server = null!;

    public Uri Address => new($"http://{_server.Addresses.First()}");

    /// <summary>What senders are answered.</summary>
    public int Status { get; set; } = 200;

    /// <summary>All that was sent, as one text: a secret in it would be readable.</summary>
    public string Everything => string.Concat(_taken.Select(one => Encoding.Latin1.GetString(one.Body)));

    public int Requests => _taken.Count;

    // ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2.
    public IReadOnlyList<SentSpan> Spans =>
        [
            .. Sent("/v1/traces")
                .SelectMany(request => request.All(1))
                .SelectMany(resource => resource.All(2))
                .SelectMany(scope => scope.All(2))
                .Select(SentSpan.Of),
        ];

    // ExportMetricsServiceRequest.resource_metrics = 1, ResourceMetrics.scope_metrics = 2, ScopeMetrics.metrics = 2.
    public IReadOnlyList<ProtoMessage> Metrics =>
        [
            .. Sent("/v1/metrics")
                .SelectMany(request => request.All(1))
                .SelectMany(resource => resource.All(2))
                .SelectMany(scope => scope.All(2)),
        ];

    // Resource = 1 of both, its attributes = 1.
    public IReadOnlyDictionary<string, string> Resource =>
        SentSpan.Attributes(Sent("/v1/traces").First().All(1).First().All(1).First(), 1);

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        collector._server = await HttpServer.StartAsync(
            new() { Addresses = [new IPEndPoint(IPAddress.Loopback, 0)], MaxBody = null },
            async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                collector._taken.Enqueue((context.Request.Path, body.ToArray()));
                await Answer.WriteAsync(context, collector.Status, "application/x-protobuf", []);
            },
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken
        );
        return collector;
    }

    IEnumerable<ProtoMessage> Sent(string path) =>
        _taken.Where(one => one.Path == path).Select(static one => new ProtoMessage(one.Body));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>A span as it was sent.</summary>
sealed record SentSpan(
    string TraceId,
    string Id,
    string Parent,
    string Name,
    ulong Kind,
    IReadOnlyDictionary<string, string> Tags
)
{
    public const ulong Internal = 1;
    public const ulong Server = 2;
    public const ulong Client = 3;

    /// <summary>Span: trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, kind = 6, attributes = 9.</summary>
    public static SentSpan Of(ProtoMessage span) =>
        new(span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(6), Attributes(span, 9));

    /// <summary>KeyValue: key = 1, value = 2; AnyValue: string_value = 1, int_value = 3.</summary>
    public static IReadOnlyDictionary<string, string> Attributes(ProtoMessage of, int field) =>
        of.All(field)
            .ToDictionary(
                pair => pair.Text(1),
                pair => pair.All(2).First() is var value && value.Has(1) ? value.Text(1) : $"{value.Number(3)}"
            );
}
