namespace Stackmeta.Bench.Scale;

/// <summary>A database as a queue: so many cores, each of which serves one question at a time, in the order in which they come.</summary>
static class Station
{
    /// <summary>How long questions wait before they are served.</summary>
    /// <param name="arrivals">Seconds, in order.</param>
    /// <param name="cores">Served at once.</param>
    /// <param name="seconds">Of each service.</param>
    /// <returns>The longest wait, and the one that 999 of 1,000 stay below.</returns>
    public static (double Longest, double Rare) Waits(ReadOnlySpan<float> arrivals, int cores, double seconds)
    {
        // With equal services whoever comes first also ends first, so the cores are taken in turns.
        var free = new double[cores];
        var waits = new float[arrivals.Length];
        var next = 0;
        for (var i = 0; i < arrivals.Length; i++)
        {
            var start = Math.Max(arrivals[i], free[next]);
            free[next] = start + seconds;
            waits[i] = (float)(start - arrivals[i]);
            next = next + 1 == cores ? 0 : next + 1;
        }
        Array.Sort(waits);
        return (waits[^1], waits[(int)(0.999 * (waits.Length - 1))]);
    }

    /// <summary>The fewest cores with which nobody waits longer.</summary>
    public static int FewestCores(ReadOnlySpan<float> arrivals, double seconds, double longest)
    {
        var (few, enough) = (0, 1);
        while (Waits(arrivals, enough, seconds).Longest > longest)
        {
            (few, enough) = (enough, enough * 2);
        }
        while (enough - few > 1)
        {
            var middle = (few + enough) / 2;
            if (Waits(arrivals, middle, seconds).Longest > longest)
            {
                few = middle;
            }
            else
            {
                enough = middle;
            }
        }
        return enough;
    }
}
