using System.Diagnostics;

namespace Stackmeta.Bench.ConfigDrive;

/// <summary>One way to make the drive, with the times that it took.</summary>
sealed class Contender(string format, string way, Func<Task> make)
{
    readonly List<double> _milliseconds = [];

    public string Format => format;

    public string Way => way;

    public double Median => _milliseconds.Order().ElementAt(_milliseconds.Count / 2);

    public double Least => _milliseconds.Min();

    public double Most => _milliseconds.Max();

    public async Task RunAsync()
    {
        var start = Stopwatch.GetTimestamp();
        await make();
        _milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    public void Forget() => _milliseconds.Clear();
}
