using System.Diagnostics;

namespace Stackmeta.Hostile.Tests;

/// <summary>
/// Shows of attacks that the neighbours miss nothing, that the attackers get nothing, and that afterwards all is as before.
/// </summary>
static class Proof
{
    static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    /// <param name="world">What is attacked.</param>
    /// <param name="name">Of a wave of attacks, or of one.</param>
    public static async Task OfAsync(World world, string name)
    {
        var watch = Stopwatch.StartNew();
        var assaults = KnownAttacks
            .Of(world.Kind, name)
            .Select(attack => new Assault(attack, world, Seed.Of(world.Kind, attack.Name)))
            .ToList();
        var before = await Condition.OfAsync(world);
        Assert.True(before.IsReady, $"Before the attack already: {before.Status}");
        var log = new LogMark(world);
        var failed = new List<string>();
        string neighbours;
        Machine[] honest = assaults.TrueForAll(assault => assault.Attack.SparesAlice)
            ? [world.Alice, world.Bob, world.Carol]
            : [world.Bob, world.Carol];
        await using (var asking = new Neighbours(honest))
        {
            var faults = await Task.WhenAll(assaults.Select(assault => Task.Run(assault.RunAsync)));
            await asking.StopAsync();
            failed.AddRange(faults.OfType<string>());
            neighbours = $"{asking.Answered} answered, the slowest after {asking.Slowest.TotalMilliseconds:0} ms";
            if (asking.Missed.Count > 0)
            {
                failed.Add($"neighbours missed {asking.Missed.Count}: {string.Join("; ", asking.Missed.Take(4))}");
            }
        }
        failed.AddRange(assaults.SelectMany(assault => assault.Gains()));
        failed.AddRange(log.Excesses());
        if (world is StockAgentWorld stock)
        {
            failed.AddRange(ForwardedHeads.Faults(stock).Take(3));
        }
        foreach (var assault in assaults)
        {
            await assault.EndAsync();
        }
        failed.AddRange(await NotRecoveredAsync(world, world.Baseline ??= before));
        var story =
            $"[{world.Kind}] {name} (HOSTILE_SEED={Seed.OfRun}): {watch.Elapsed.TotalSeconds:0.0} s; neighbours: {neighbours}\n{string.Join('\n', assaults)}";
        TestContext.Current.TestOutputHelper?.WriteLine(story);
        Assert.True(failed.Count == 0, $"{story}\n - {string.Join("\n - ", failed)}\n{log.Tail()}");
    }

    /// <summary>What is still worse than it was, after it has had some time.</summary>
    static async Task<IReadOnlyList<string>> NotRecoveredAsync(World world, Condition before)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var worse = (await Condition.OfAsync(world)).WorseThan(before);
            if (worse.Count == 0 || watch.Elapsed > Recovery)
            {
                return worse;
            }
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }
    }
}
