namespace Stackmeta.Bench.Load;

/// <summary>What a run of load came to.</summary>
/// <param name="Answers">Right answers.</param>
/// <param name="Errors">Wrong answers and lost connections.</param>
/// <param name="FirstError">What was wrong with the first of them.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Latencies">Milliseconds of each right answer, connecting included, in order of size.</param>
public sealed record LoadResult(int Answers, int Errors, string? FirstError, TimeSpan Elapsed, float[] Latencies)
{
    public double PerSecond => Answers / Elapsed.TotalSeconds;

    /// <summary>Milliseconds that this share of the answers took at most.</summary>
    public double Percentile(double share) =>
        Latencies.Length == 0 ? double.NaN : Latencies[(int)Math.Min(Latencies.Length - 1, share * Latencies.Length)];
}
