using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Stackmeta.Http;

namespace Stackmeta.Edge.Tests;

/// <summary>What the metrics have counted as refused.</summary>
sealed class CountedRefusals : IDisposable
{
    readonly MeterListener _listener = new();
    readonly ConcurrentQueue<string> _names = new();

    public CountedRefusals()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, Observer.Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) =>
            {
                foreach (var (key, value) in tags)
                {
                    if (key == "reason" && value is string name)
                    {
                        _names.Enqueue(name);
                    }
                }
            }
        );
        _listener.Start();
    }

    public RequestObserver Observer { get; } = new(TimeProvider.System);

    /// <summary>In their order.</summary>
    public IReadOnlyList<string> Names => [.. _names];

    public void Dispose()
    {
        _listener.Dispose();
        Observer.Dispose();
    }
}
