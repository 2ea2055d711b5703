using Stackmeta.Metadata;

namespace Stackmeta.Http;

/// <summary>Keeps the number of log lines independent of how often guests ask: so many lines a refusal a minute, the rest counted.</summary>
public sealed class RefusalThrottle
{
    readonly TimeProvider _time;
    readonly int _linesPerMinute;

    // By the refusal's number; each element is written under its own lock.
    readonly Window[] _windows = [.. Enumerable.Range(0, LastRefusal + 1).Select(_ => new Window())];

    public RefusalThrottle(TimeProvider time, int linesPerMinute = 60)
    {
        _time = time;
        _linesPerMinute = linesPerMinute;
    }

    static int LastRefusal => (int)Enum.GetValues<Refusal>()[^1];

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="refusal">What the line is about.</param>
    /// <param name="suppressed">Lines left out since the last one that was written.</param>
    public bool MayWrite(Refusal refusal, out long suppressed)
    {
        var window = _windows[(int)refusal];
        lock (window)
        {
            var now = _time.GetTimestamp();
            if (window.Lines == 0 || _time.GetElapsedTime(window.Began, now) >= TimeSpan.FromMinutes(1))
            {
                window.Began = now;
                window.Lines = 0;
            }
            if (window.Lines >= _linesPerMinute)
            {
                window.Suppressed++;
                suppressed = 0;
                return false;
            }
            window.Lines++;
            suppressed = window.Suppressed;
            window.Suppressed = 0;
            return true;
        }
    }

    sealed class Window
    {
        public long Began;
        public int Lines;
        public long Suppressed;
    }
}
