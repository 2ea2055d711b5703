using System.Globalization;
using Xunit.Runner.InProc.SystemConsole;

namespace Stackmeta.Simulation.Tests;

/// <summary>Runs the tests, or with <c>simulate [REQUESTS] [SEED]</c> histories until so many requests were sent.</summary>
static class EntryPoint
{
    const long UsualRequests = 10_000_000;

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["simulate", .. var rest])
        {
            return await ConsoleRunner.Run(arguments);
        }
        var requests = rest is [var count, ..] ? long.Parse(count, CultureInfo.InvariantCulture) : UsualRequests;
        var seed = rest is [_, var text, ..]
            ? ulong.Parse(text, CultureInfo.InvariantCulture)
            : (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Console.WriteLine($"seed {seed}");
        var began = TimeProvider.System.GetTimestamp();
        var outcome = await Histories.RunAsync(requests, seed, new());
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(outcome);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{outcome.Requests / seconds:N0} requests a second, {seconds:N1} s"
            )
        );
        foreach (var violation in outcome.Violations.Take(20))
        {
            Console.WriteLine(violation);
        }
        return outcome.Violations.Count == 0 ? 0 : 1;
    }
}
