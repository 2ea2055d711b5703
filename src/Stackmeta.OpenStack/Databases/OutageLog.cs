using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;

namespace Stackmeta.OpenStack;

/// <summary>
/// Says once that something behind cannot be used, again each minute while it lasts, and once that it is back. A boot storm against
/// a dead database is one line, not a thousand.
/// </summary>
sealed class OutageLog(string what, ILogger log, TimeProvider time)
{
    // What works and fails in turns is told each time, which a guest may be able to bring about.
    readonly ILogger _log = log.Throttled(time);

    static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);

    // Timestamp of the last line, or 0 while all is well. Written by Interlocked only, from any request.
    long _lastLine;

    /// <summary>Notes a failure.</summary>
    /// <param name="reason">What went wrong; no secret.</param>
    public void Failed(string reason)
    {
        var now = Math.Max(1, time.GetTimestamp());
        var last = Interlocked.Read(ref _lastLine);
        if (
            (last == 0 || time.GetElapsedTime(last, now) >= Reminder)
            && Interlocked.CompareExchange(ref _lastLine, now, last) == last
        )
        {
            _log.Unusable(what, reason);
        }
    }

    /// <summary>Notes a success.</summary>
    public void Succeeded()
    {
        if (Interlocked.Read(ref _lastLine) != 0 && Interlocked.Exchange(ref _lastLine, 0) != 0)
        {
            _log.UsableAgain(what);
        }
    }
}
