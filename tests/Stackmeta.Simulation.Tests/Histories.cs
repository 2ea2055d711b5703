using System.Collections.Concurrent;

namespace Stackmeta.Simulation.Tests;

/// <summary>Histories one after another, as many at a time as there are processors.</summary>
static class Histories
{
    /// <summary>Requests of one history: long enough that all kinds of changes follow each other many times.</summary>
    const int RequestsEach = 50_000;

    /// <param name="requests">At least so many in all.</param>
    /// <param name="seed">All histories follow from it; how threads interleave does not.</param>
    /// <param name="switches">What is left out.</param>
    public static async Task<SimulationOutcome> RunAsync(long requests, ulong seed, ModelSwitches switches)
    {
        var left = requests;
        var number = 0L;
        var outcomes = new ConcurrentBag<SimulationOutcome>();
        await Task.WhenAll(
            Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (Interlocked.Add(ref left, -RequestsEach) > -RequestsEach)
                        {
                            var history = seed + (ulong)Interlocked.Increment(ref number);
                            outcomes.Add(await new History(history, switches).RunAsync(RequestsEach));
                        }
                    })
                )
        );
        return new(
            outcomes.Sum(static one => one.Requests),
            outcomes.Sum(static one => one.Answered),
            outcomes.Sum(static one => one.Refused),
            outcomes.Sum(static one => one.CutOff),
            outcomes.Sum(static one => one.Waited),
            outcomes.Sum(static one => one.Changes),
            [.. outcomes.SelectMany(static one => one.Violations)]
        );
    }
}
