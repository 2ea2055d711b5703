using System.Collections.Concurrent;

namespace Stackmeta.Core.Logging;

/// <summary>So many log lines of one site a minute, the rest counted. Safe for all threads.</summary>
public sealed class LogThrottle(TimeProvider time, int linesPerMinute = LogThrottle.UsualLines)
{
    /// <summary>What a person can still read.</summary>
    public const int UsualLines = 60;

    readonly Lock _counting = new();

    // Under the lock.
    long _began;
    int _lines;
    long _suppressed;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="suppressed">Lines left out since the last one that was written; it belongs into the line.</param>
    public bool MayWrite(out long suppressed)
    {
        lock (_counting)
        {
            var now = time.GetTimestamp();
            if (_lines == 0 || time.GetElapsedTime(_began, now) >= TimeSpan.FromMinutes(1))
            {
                (_began, _lines) = (now, 0);
            }
            if (_lines >= linesPerMinute)
            {
                _suppressed++;
                suppressed = 0;
                return false;
            }
            _lines++;
            (suppressed, _suppressed) = (_suppressed, 0);
            return true;
        }
    }
}

/// <summary>As <see cref="LogThrottle"/>, for each reason that a site may have: a frequent one hides no other.</summary>
/// <typeparam name="TReason">Few values, whatever a client sends: an error code, an enumeration.</typeparam>
public sealed class LogThrottle<TReason>(TimeProvider time, int linesPerMinute = LogThrottle.UsualLines)
    where TReason : struct
{
    /// <summary>More reasons than any enumeration here has. Those beyond share one count.</summary>
    const int MostReasons = 128;

    readonly ConcurrentDictionary<TReason, LogThrottle> _sites = new();
    readonly LogThrottle _others = new(time, linesPerMinute);

    /// <inheritdoc cref="LogThrottle.MayWrite"/>
    /// <param name="reason">What the line is about.</param>
    public bool MayWrite(TReason reason, out long suppressed) => SiteOf(reason).MayWrite(out suppressed);

    LogThrottle SiteOf(TReason reason)
    {
        if (_sites.TryGetValue(reason, out var site))
        {
            return site;
        }
        return _sites.Count < MostReasons ? _sites.GetOrAdd(reason, new LogThrottle(time, linesPerMinute)) : _others;
    }
}
