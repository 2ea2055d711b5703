using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>
/// Where all that is seen of requests comes together: metrics (<see cref="PathMetrics"/>), spans (<see cref="Source"/>), and those who want
/// to know of each request (<see cref="IRequestListener"/>). One for a process. While nobody listens it costs a few additions a request.
/// </summary>
public sealed class RequestObserver : IDisposable
{
    /// <summary>The name of meter and activity source.</summary>
    public const string Name = "Stackmeta";

    readonly TimeProvider _time;
    readonly ImmutableArray<IRequestListener> _listeners;
    readonly PathMetrics _metrics;

    /// <param name="time">The clock of all times.</param>
    /// <param name="listeners">Told of each request when it is over, in this order.</param>
    public RequestObserver(TimeProvider time, params ReadOnlySpan<IRequestListener> listeners)
    {
        _time = time;
        _listeners = [.. listeners];
        Meter = new Meter(Name);
        Source = new ActivitySource(Name);
        _metrics = new PathMetrics(Meter);
    }

    /// <summary>The meter of this process's path; others may add instruments of their own to it.</summary>
    public Meter Meter { get; }

    /// <summary>Makes spans while somebody listens to it.</summary>
    public ActivitySource Source { get; }

    /// <summary>Records how long a question to a store or directory took, and what became of it.</summary>
    /// <param name="what">What was asked for: <c>instance</c>, <c>port</c>, <c>network</c>.</param>
    /// <param name="outcome"><c>found</c>, <c>absent</c> or <c>unavailable</c>.</param>
    public void LookedUp(string what, string outcome, TimeSpan duration) => _metrics.LookedUp(what, outcome, duration);

    /// <summary>Counts a refusal of a connection, before there is a request.</summary>
    public void CountTurnedAway(PathStep hop, Refusal refusal) => _metrics.Refused(hop, refusal);

    public void Dispose()
    {
        Source.Dispose();
        Meter.Dispose();
    }

    internal long Now => _time.GetTimestamp();

    internal DateTimeOffset Clock => _time.GetUtcNow();

    internal TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp);

    internal TimeSpan Between(long from, long to) => _time.GetElapsedTime(from, to);

    internal void CountUnreadable(PathStep? hop, Refusal refusal, int status) =>
        _metrics.Unreadable(hop, refusal, status);

    internal void Entered(PathStep step) => _metrics.Entered(step);

    internal void Left(PathStep step, TimeSpan duration) => _metrics.Left(step, duration);

    internal void Ended(RequestObservation request)
    {
        _metrics.Ended(request);
        foreach (var listener in _listeners)
        {
            listener.Ended(request);
        }
    }
}
