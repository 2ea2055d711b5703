namespace Stackmeta.WebConsole;

/// <summary>The last durations at a station, in milliseconds.</summary>
sealed class TimeSample
{
    /// <summary>Enough for the slowest of twenty to mean something.</summary>
    const int Capacity = 200;

    readonly double[] _kept = new double[Capacity];
    int _count;
    int _next;

    /// <summary>So many make the slowest of twenty worth telling.</summary>
    const int Enough = 20;

    bool IsEmpty => _count == 0;

    /// <summary>The middle one; null when there are none.</summary>
    public double? Median => IsEmpty ? null : Quantile(0.5);

    /// <summary>What one of twenty exceeds; null while there are too few to say.</summary>
    public double? Slow => _count < Enough ? null : Quantile(0.95);

    public void Add(double milliseconds)
    {
        _kept[_next] = milliseconds;
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
    }

    double Quantile(double share)
    {
        var sorted = _kept[.._count];
        Array.Sort(sorted);
        return sorted[Math.Min((int)(share * _count), _count - 1)];
    }
}
