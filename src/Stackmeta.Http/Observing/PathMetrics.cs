using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>The instruments of the path. Every label has few values, whatever guests send.</summary>
sealed class PathMetrics
{
    /// <summary>From a kept answer (tens of microseconds) to the end of patience (7.5 s) and beyond.</summary>
    static readonly ImmutableArray<double> Seconds =
    [
        0.0001,
        0.00025,
        0.0005,
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
    ];

    static readonly ImmutableArray<PathStep> Steps = [.. Enum.GetValues<PathStep>()];

    // Written once; a code's text is looked up a request.
    static readonly ImmutableArray<string> Codes =
    [
        .. Enumerable.Range(0, 600).Select(code => code.ToString(CultureInfo.InvariantCulture)),
    ];

    readonly Counter<long> _requests;
    readonly Counter<long> _refusals;
    readonly Histogram<double> _durations;
    readonly Histogram<double> _waits;
    readonly Histogram<double> _lookups;

    // By step; each element by Interlocked.
    readonly long[] _active = new long[Steps.Length];

    public PathMetrics(Meter meter)
    {
        _requests = meter.CreateCounter<long>(
            "stackmeta.requests",
            "{request}",
            "Requests answered, by hop, tree and status code; code 0 is a guest that went away."
        );
        _refusals = meter.CreateCounter<long>(
            "stackmeta.refusals",
            "{refusal}",
            "Requests and connections refused, by the hop that refused and the reason's name."
        );
        var buckets = new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds };
        _durations = meter.CreateHistogram(
            "stackmeta.hop.duration",
            "s",
            "How long a hop took over a request, with the hops behind it.",
            tags: null,
            buckets
        );
        _waits = meter.CreateHistogram(
            "stackmeta.wait.duration",
            "s",
            "How long a request waited for a look-up, kept or asked for, or for the metadata API behind the agent (upstream).",
            tags: null,
            buckets
        );
        _lookups = meter.CreateHistogram(
            "stackmeta.lookup.duration",
            "s",
            "How long a question to a store, database or Neutron took, by what was asked for and the outcome.",
            tags: null,
            buckets
        );
        meter.CreateObservableGauge(
            "stackmeta.requests.active",
            Active,
            "{request}",
            "Requests that are at a step of their way now, by step."
        );
    }

    public void Entered(PathStep step) => Interlocked.Increment(ref _active[(int)step]);

    public void Left(PathStep step, TimeSpan duration)
    {
        Interlocked.Decrement(ref _active[(int)step]);
        var seconds = duration.TotalSeconds;
        if (PathSteps.IsHop(step))
        {
            _durations.Record(seconds, new KeyValuePair<string, object?>("hop", PathSteps.NameOf(step)));
        }
        else
        {
            _waits.Record(seconds, new KeyValuePair<string, object?>("for", PathSteps.NameOf(step)));
        }
    }

    public void LookedUp(string what, string outcome, TimeSpan duration) =>
        _lookups.Record(duration.TotalSeconds, new("what", what), new("outcome", outcome));

    public void Ended(RequestObservation request)
    {
        if (_requests.Enabled)
        {
            var hops = request.Hops;
            var dialect = request.Dialect;
            var code = CodeOf(request.Status);
            foreach (var step in Steps)
            {
                if (hops.Contains(step))
                {
                    Count(step, dialect, code);
                }
            }
        }
        if (request is { Refusal: var refusal and not Refusal.None, RefusedBy: { } hop })
        {
            Refused(hop, refusal);
        }
    }

    public void Refused(PathStep hop, Refusal refusal)
    {
        if (_refusals.Enabled)
        {
            _refusals.Add(1, new("hop", PathSteps.NameOf(hop)), new("reason", RefusalDescription.Of(refusal).Name));
        }
    }

    public void Unreadable(PathStep? hop, Refusal refusal, int status)
    {
        if (hop is { } server)
        {
            Count(server, Dialect.Other, CodeOf(status));
            Refused(server, refusal);
        }
    }

    void Count(PathStep hop, string dialect, string code) =>
        _requests.Add(1, new("hop", PathSteps.NameOf(hop)), new("dialect", dialect), new("code", code));

    static string CodeOf(int status) => status >= 0 && status < Codes.Length ? Codes[status] : "other";

    IEnumerable<Measurement<long>> Active() =>
        Steps.Select(step => new Measurement<long>(
            Volatile.Read(ref _active[(int)step]),
            new KeyValuePair<string, object?>("step", PathSteps.NameOf(step))
        ));
}
