namespace Stackmeta.Http;

/// <summary>So many log lines of one kind a minute, the rest counted. Safe for all threads.</summary>
public sealed class LineThrottle(TimeProvider time, int linesPerMinute = 60)
{
    readonly Lock _counting = new();

    // Under the lock.
    long _began;
    int _lines;
    long _suppressed;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="suppressed">Lines left out since the last one that was written.</param>
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
