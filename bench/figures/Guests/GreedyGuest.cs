using System.Diagnostics;
using System.Globalization;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>A guest of the first network that asks as fast as it can, in a process of its own that gives way to all others.</summary>
sealed class GreedyGuest : IDisposable
{
    /// <summary>The bench's name for it, as that process is told.</summary>
    public const string Name = "greedy-guest";

    readonly Process _process;

    GreedyGuest(Process process) => _process = process;

    /// <summary>Starts it and returns when it asks.</summary>
    public static GreedyGuest Start(int port, TimeSpan length)
    {
        var seconds = length.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(
            new ProcessStartInfo("nice", ["-n", "19", Environment.ProcessPath!, Name, $"{port}", seconds])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        process.StandardOutput.ReadLine();
        return new(process);
    }

    /// <returns>Its answers a second.</returns>
    public double WaitForEnd()
    {
        var told = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return double.Parse(told, CultureInfo.InvariantCulture);
    }

    /// <summary>What that process does.</summary>
    public static void Run(int port, TimeSpan length)
    {
        using var here = NamespaceHandle.Open(PlainNamespaces.NameOf(0));
        var place = PlainNamespaces.PlaceIn(here, port);
        var guest = BenchGuest.Many(1, new(0, 1))[0];
        var question = GuestRequests.MetaData().Learn(place, guest.Values).Of(place, guest.ValueBytes(), 0);
        Console.WriteLine("asks");
        var result = LoadRun.Run(
            new OwnQuestion([question]),
            NeighbourBench.Greed,
            keep: true,
            length,
            TimeSpan.FromSeconds(40)
        );
        Console.WriteLine(result.PerSecond.ToString(CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
