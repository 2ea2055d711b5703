using Stackmeta.Metadata;

namespace Stackmeta.Http;

/// <summary>Keeps the number of log lines independent of how often guests ask: so many lines a refusal a minute, the rest counted.</summary>
public sealed class RefusalThrottle(TimeProvider time, int linesPerMinute = 60)
{
    // By the refusal's number.
    readonly LineThrottle[] _lines =
    [
        .. Enumerable.Range(0, LastRefusal + 1).Select(_ => new LineThrottle(time, linesPerMinute)),
    ];

    static int LastRefusal => (int)Enum.GetValues<Refusal>()[^1];

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="refusal">What the line is about.</param>
    /// <param name="suppressed">Lines left out since the last one that was written.</param>
    public bool MayWrite(Refusal refusal, out long suppressed) => _lines[(int)refusal].MayWrite(out suppressed);
}
