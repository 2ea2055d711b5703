namespace Stackmeta.WebConsole;

/// <summary>How many there were in each of the last <see cref="Length"/> seconds.</summary>
sealed class RateWindow
{
    /// <summary>Seconds.</summary>
    public const int Length = 60;

    /// <summary>A rate is the mean of so many whole seconds: long enough to be calm, short enough to show a stop.</summary>
    const int Averaged = 10;

    // A place for each second, by its number modulo the length; what is older than the window is cleared when time gets there.
    readonly int[] _counts = new int[Length + 1];
    long _latest;

    /// <summary>Counts some in the second of a moment. What comes late counts where it belongs, as long as that is in the window.</summary>
    public void Add(DateTimeOffset moment, int count = 1)
    {
        var second = moment.ToUnixTimeSeconds();
        MoveTo(second);
        if (second > _latest - _counts.Length)
        {
            _counts[second % _counts.Length] += count;
        }
    }

    /// <summary>A second, over the last whole ones.</summary>
    public double PerSecond(DateTimeOffset now)
    {
        var whole = Seconds(now);
        var sum = 0;
        for (var i = Length - Averaged; i < Length; i++)
        {
            sum += whole[i];
        }
        return sum / (double)Averaged;
    }

    /// <summary>All in the window.</summary>
    public int Total(DateTimeOffset now) => Seconds(now).Sum();

    /// <summary>The whole seconds before this one, the latest last.</summary>
    public int[] Seconds(DateTimeOffset now)
    {
        var second = now.ToUnixTimeSeconds();
        MoveTo(second);
        var seconds = new int[Length];
        for (var i = 0; i < Length; i++)
        {
            var at = second - Length + i;
            seconds[i] = at > _latest - _counts.Length && at <= _latest ? _counts[at % _counts.Length] : 0;
        }
        return seconds;
    }

    void MoveTo(long second)
    {
        if (second <= _latest)
        {
            return;
        }
        var passed = Math.Min(second - _latest, _counts.Length);
        for (var i = 0; i < passed; i++)
        {
            _counts[(second - i) % _counts.Length] = 0;
        }
        _latest = second;
    }
}
