using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Stackmeta.Admin;

/// <summary>Adds up what a meter's instruments measure, for those who come and ask.</summary>
public sealed class MetricStore : IDisposable
{
    readonly MeterListener _listener = new();

    // By name, in the order in which the instruments were made. Under itself.
    readonly List<MetricFamily> _families = [];

    // One collects at a time, since gauges are measured anew for it.
    readonly Lock _collecting = new();

    /// <param name="meter">The one meter that is listened to; others of its name belong to others.</param>
    public MetricStore(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter))
            {
                return;
            }
            var family = MetricFamily.Of(instrument);
            lock (_families)
            {
                _families.Add(family);
            }
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<double>(
            static (_, value, tags, family) => ((MetricFamily)family!).Take(value, tags)
        );
        _listener.SetMeasurementEventCallback<long>(
            static (_, value, tags, family) => ((MetricFamily)family!).Take(value, tags)
        );
        _listener.SetMeasurementEventCallback<int>(
            static (_, value, tags, family) => ((MetricFamily)family!).Take(value, tags)
        );
        _listener.Start();
    }

    /// <summary>All families, without values; for the reference.</summary>
    public ImmutableArray<MetricFamily> Families
    {
        get
        {
            lock (_families)
            {
                return [.. _families];
            }
        }
    }

    /// <summary>Measures gauges, and gives all families to a reader while nobody else measures.</summary>
    public void Collect(Action<MetricFamily> read)
    {
        lock (_collecting)
        {
            var families = Families;
            foreach (var family in families)
            {
                family.ForgetObserved();
            }
            _listener.RecordObservableInstruments();
            foreach (var family in families)
            {
                read(family);
            }
        }
    }

    public void Dispose() => _listener.Dispose();
}
