using System.Diagnostics;

namespace Stackmeta.Bench.ConfigDrive;

/// <summary>One way to make the drive, with the times that it took.</summary>
/// <param name="format">The row's first column; ways of one format are compared with its first.</param>
/// <param name="way">What it is, in words.</param>
/// <param name="make">Makes the drive once.</param>
sealed class Contender(string format, string way, Func<Task> make)
{
    readonly List<double> _milliseconds = [];

    public string Format => format;

    public string Way => way;

    public double Median => Quantile(0.5);

    /// <summary>The value below which a part of the times lies.</summary>
    public double Quantile(double part) => _milliseconds.Order().ElementAt((int)(part * (_milliseconds.Count - 1)));

    /// <summary>Once and not counted.</summary>
    public Task WarmAsync() => make();

    public async Task RunAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await make();
        _milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}
