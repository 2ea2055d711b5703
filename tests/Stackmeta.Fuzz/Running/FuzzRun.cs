using System.Collections.Immutable;
using System.Diagnostics;

namespace Stackmeta.Fuzz;

/// <summary>Tries inputs, and tells the first that is too much in a line that repeats it.</summary>
static class FuzzRun
{
    /// <summary>A run for a time goes from target to target after so many inputs.</summary>
    const int Turn = 200;

    /// <summary>Bytes of an input that are told.</summary>
    const int LongestTold = 200_000;

    static readonly ImmutableArray<(string Name, Func<Task<FuzzTarget>> Start)> Targets =
    [
        ("edge", EdgeHop.StartAsync),
        ("edge-forwarding", ForwardingEdgeHop.StartAsync),
        ("agent", AgentHop.StartAsync),
        ("api", ApiHop.StartAsync),
        ("admin", AdminHop.StartAsync),
        ("haproxy-file", static () => Ready(new HaproxyFileTarget())),
        ("drop-in-message", static () => Ready(new DropInMessageTarget())),
        ("broker-message", static () => Ready(new BrokerMessageTarget())),
        ("ipv6-message", static () => Ready(new Ipv6MessageTarget())),
        ("saved-syn", static () => Ready(new SavedSynTarget())),
        ("oslo-file", static () => Ready(new OsloFileTarget())),
        ("settings-file", static () => Ready(new SettingsFileTarget())),
        ("import-document", static () => Ready(new ImportTarget())),
        ("iso-image", static () => Ready(new DriveImageTarget(ConfigDrive.DriveFormat.Iso9660))),
        ("vfat-image", static () => Ready(new DriveImageTarget(ConfigDrive.DriveFormat.Vfat))),
    ];

    public static IEnumerable<string> Names => Targets.Select(static target => target.Name);

    static Task<FuzzTarget> Ready(FuzzTarget target) => Task.FromResult(target);

    /// <summary>All targets in turn, for a time.</summary>
    /// <returns>Whether nothing was wrong.</returns>
    /// <param name="names">Which; none for all.</param>
    public static async Task<bool> RunAsync(
        TimeSpan time,
        ulong seed,
        IReadOnlyCollection<string> names,
        TextWriter told
    )
    {
        await told.WriteLineAsync($"fuzz: seed {seed}");
        var since = Stopwatch.GetTimestamp();
        var counts = (names.Count > 0 ? names : Names).ToDictionary(static name => name, static _ => 0L);
        var isWell = true;
        for (var round = 0ul; isWell && Stopwatch.GetElapsedTime(since) < time; round++)
        {
            foreach (var name in counts.Keys)
            {
                if (!isWell || Stopwatch.GetElapsedTime(since) >= time)
                {
                    break;
                }
                isWell = await RunAsync(name, Turn, Mixed(seed, round), told);
                counts[name] += Turn;
            }
        }
        foreach (var (name, count) in counts)
        {
            await told.WriteLineAsync($"fuzz: {name} {count} inputs");
        }
        await told.WriteLineAsync(isWell ? "fuzz: nothing was wrong" : "fuzz: FAILED");
        return isWell;
    }

    /// <summary>So many inputs for one target.</summary>
    /// <returns>Whether nothing was wrong.</returns>
    public static async Task<bool> RunAsync(string name, int inputs, ulong seed, TextWriter told)
    {
        await using var target = await Targets.Single(target => target.Name == name).Start();
        for (var i = 0ul; i < (ulong)inputs; i++)
        {
            // Each input has a number of its own, so that one can be repeated without those before.
            var own = Mixed(seed, i);
            var input = Make(target, own);
            if (await TryAsync(target, input, own) is { } wrong)
            {
                await told.WriteLineAsync($"{name}, seed {seed}, input {i}: {wrong}");
                // A long input is made anew out of its number, as long as nobody changes how.
                var hex = input.Length > LongestTold ? "" : Convert.ToHexString(input);
                await told.WriteLineAsync($"./test fuzz replay {name} {own} {hex}");
                return false;
            }
        }
        return true;
    }

    /// <summary>One input that was told before.</summary>
    /// <param name="input">Null to make it of its number.</param>
    public static async Task<bool> ReplayAsync(string name, ulong own, byte[]? input, TextWriter told)
    {
        await using var target = await Targets.Single(target => target.Name == name).Start();
        var wrong = await TryAsync(target, input ?? Make(target, own), own);
        await told.WriteLineAsync(wrong ?? "nothing is wrong");
        return wrong is null;
    }

    static byte[] Make(FuzzTarget target, ulong own) => Mutation.Make(target, new Random((int)own));

    static async Task<string?> TryAsync(FuzzTarget target, byte[] input, ulong own)
    {
        try
        {
            return await target.TryAsync(input, new Random((int)(own >> 32)));
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    /// <summary>A number that looks like chance (SplitMix64).</summary>
    static ulong Mixed(ulong seed, ulong number)
    {
        var mixed = seed + (number + 1) * 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }
}
