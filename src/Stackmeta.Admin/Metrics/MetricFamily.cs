using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Stackmeta.Admin;

/// <summary>What one instrument has measured, by labels.</summary>
public sealed class MetricFamily
{
    /// <summary>Most instruments have below fifty; whatever happens there, no more than these are kept apart.</summary>
    public const int MaxSeries = 1000;

    /// <summary>As many as one process has of what it measures at each request.</summary>
    const int MostFirst = 8;

    /// <summary>The value of every label once there are more.</summary>
    const string Overflow = "other";

    readonly bool _isAbsolute;
    readonly bool _isObserved;

    // By label values. Added to under itself, each value under its own lock.
    readonly Dictionary<LabelValues, MetricSeries> _series = [];

    /// <summary>
    /// The series that came up first, which most measurements are of: found without a lock, by the identity of their label values. Replaced
    /// as a whole, under the lock of <see cref="_series"/>.
    /// </summary>
    volatile (LabelValues Values, MetricSeries Series)[] _first = [];

    MetricFamily(Instrument instrument, MetricKind kind, ImmutableArray<double> bounds)
    {
        Name = instrument.Name;
        Unit = instrument.Unit ?? "";
        Description = instrument.Description ?? "";
        Kind = kind;
        Bounds = bounds;
        _isObserved = instrument.IsObservable;
        _isAbsolute = instrument.IsObservable || kind == MetricKind.Gauge && instrument is Gauge<long> or Gauge<double>;
    }

    /// <summary>The instrument's name, for example <c>stackmeta.requests</c>.</summary>
    public string Name { get; }

    /// <summary>UCUM's, for example <c>s</c>, <c>By</c> or <c>{request}</c>.</summary>
    public string Unit { get; }

    public string Description { get; }

    public MetricKind Kind { get; }

    /// <summary>A histogram's upper bounds, rising; empty for others.</summary>
    public ImmutableArray<double> Bounds { get; }

    /// <summary>The labels' names, once something was measured.</summary>
    public ImmutableArray<string> Labels { get; private set; } = [];

    internal static MetricFamily Of(Instrument instrument)
    {
        var kind = instrument switch
        {
            Counter<long> or Counter<double> or ObservableCounter<long> or ObservableCounter<double> =>
                MetricKind.Counter,
            Histogram<double> or Histogram<long> => MetricKind.Histogram,
            _ => MetricKind.Gauge,
        };
        var bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries;
        return new(instrument, kind, bounds is null ? [] : [.. bounds]);
    }

    internal void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = SeriesOf(tags);
        lock (series)
        {
            if (Kind == MetricKind.Histogram)
            {
                series.Observe(value, Bounds);
            }
            else
            {
                series.Value = _isAbsolute ? value : series.Value + value;
            }
        }
    }

    /// <summary>Forgets what is measured anew at each collection: what is not measured then is no more.</summary>
    internal void ForgetObserved()
    {
        if (_isObserved)
        {
            lock (_series)
            {
                _series.Clear();
            }
        }
    }

    /// <summary>Gives each series to a reader, in the order in which they came up.</summary>
    public void Read(Action<ImmutableArray<string>, MetricSeries> read)
    {
        KeyValuePair<LabelValues, MetricSeries>[] all;
        lock (_series)
        {
            all = [.. _series];
        }
        foreach (var (values, series) in all)
        {
            lock (series)
            {
                read(values.All(Labels.Length), series);
            }
        }
    }

    MetricSeries SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = LabelValues.Of(tags);
        foreach (ref readonly var first in _first.AsSpan())
        {
            if (first.Values.IsSame(values))
            {
                return first.Series;
            }
        }
        lock (_series)
        {
            if (_series.TryGetValue(values, out var series))
            {
                return series;
            }
            if (Labels.IsEmpty && tags.Length > 0)
            {
                Labels = NamesOf(tags);
            }
            if (_series.Count >= MaxSeries)
            {
                values = LabelValues.Same(Overflow, Labels.Length);
                if (_series.TryGetValue(values, out series))
                {
                    return series;
                }
            }
            series = _series[values] = new MetricSeries(Bounds.Length);
            // What is observed is forgotten again and again.
            if (!_isObserved && _first.Length < MostFirst)
            {
                _first = [.. _first, (values, series)];
            }
            return series;
        }
    }

    static ImmutableArray<string> NamesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = ImmutableArray.CreateBuilder<string>(tags.Length);
        foreach (var (name, _) in tags)
        {
            names.Add(name);
        }
        return names.MoveToImmutable();
    }
}

/// <summary>The kinds of metric that Prometheus tells apart and we have.</summary>
public enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One line of a metric, or a histogram's lines. Changed and read under its own lock.</summary>
public sealed class MetricSeries(int bounds)
{
    readonly long[] _buckets = new long[bounds + 1];

    /// <summary>A counter's sum or a gauge's value; of a histogram the sum of what was observed.</summary>
    public double Value { get; internal set; }

    /// <summary>A histogram's observations.</summary>
    public long Count { get; private set; }

    /// <summary>How many observations are not above each bound, and how many above all; not cumulated.</summary>
    public ReadOnlySpan<long> Buckets => _buckets;

    internal void Observe(double value, ImmutableArray<double> bounds)
    {
        var at = bounds.BinarySearch(value);
        _buckets[at >= 0 ? at : ~at]++;
        Count++;
        Value += value;
    }
}
