namespace Stackmeta.Bench.Scale;

/// <summary>Power comes back: hosts come up one after another within a window, and each starts its guests one after another.</summary>
static class BootWave
{
    /// <summary>A host starts its guests within this many seconds. Assumed.</summary>
    const double HostSeconds = 30;

    /// <summary>When each guest asks for the first time, in seconds and in order: each such request is a cold one.</summary>
    public static float[] FirstRequests(Size size, double window)
    {
        // The same wave each time.
        var random = new Random(Seed: 1);
        var times = new float[size.Guests];
        for (var host = 0; host < size.Hosts; host++)
        {
            var up = random.NextDouble() * Math.Max(0, window - HostSeconds);
            for (var guest = 0; guest < Size.GuestsOfAHost; guest++)
            {
                times[(host * Size.GuestsOfAHost) + guest] = (float)(
                    up + (random.NextDouble() * Math.Min(HostSeconds, window))
                );
            }
        }
        Array.Sort(times);
        return times;
    }

    /// <summary>The most questions within any second of the wave.</summary>
    public static int MostInASecond(ReadOnlySpan<float> arrivals)
    {
        var (most, first) = (0, 0);
        for (var i = 0; i < arrivals.Length; i++)
        {
            while (arrivals[i] - arrivals[first] > 1)
            {
                first++;
            }
            most = Math.Max(most, i - first + 1);
        }
        return most;
    }
}
