using System.Globalization;
using Xunit.Runner.InProc.SystemConsole;

namespace Stackmeta.Fuzz;

/// <summary>
/// Runs the tests; with <c>fuzz SECONDS [SEED [TARGET…]]</c> all targets or some for so long, with <c>fuzz replay TARGET SEED [HEX]</c> one
/// input.
/// </summary>
static class EntryPoint
{
    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["fuzz", .. var rest])
        {
            return await ConsoleRunner.Run(arguments);
        }
        switch (rest)
        {
            case ["replay", var name, var cuts, var hex]:
                return await FuzzRun.ReplayAsync(name, Number(cuts), Convert.FromHexString(hex), Console.Out) ? 0 : 1;
            case ["replay", var name, var own]:
                return await FuzzRun.ReplayAsync(name, Number(own), input: null, Console.Out) ? 0 : 1;
            case [var seconds]:
                return await RunAsync(seconds, (ulong)Random.Shared.NextInt64());
            case [var seconds, var seed]:
                return await RunAsync(seconds, Number(seed));
            case [var seconds, var seed, .. var names]:
                return await RunAsync(seconds, Number(seed), names);
            default:
                await Console.Error.WriteLineAsync("fuzz SECONDS [SEED [TARGET…]], or fuzz replay TARGET SEED [HEX]");
                return 2;
        }
    }

    static async Task<int> RunAsync(string seconds, ulong seed, params string[] names) =>
        await FuzzRun.RunAsync(TimeSpan.FromSeconds(Number(seconds)), seed, names, Console.Out) ? 0 : 1;

    static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
}
