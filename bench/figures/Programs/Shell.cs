using System.Diagnostics;

namespace Stackmeta.Bench.Figures;

/// <summary>Runs programs to their end.</summary>
static class Shell
{
    /// <summary>Runs a program that must end well, and returns what it printed.</summary>
    public static string Run(string program, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.GetAwaiter().GetResult()
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', start.ArgumentList.Take(6))}: {error.GetAwaiter().GetResult()}"
            );
    }

    /// <summary>Many commands of <c>ip</c> at once.</summary>
    public static void IpBatch(string? @namespace, IEnumerable<string> commands) =>
        Run(
            "ip",
            @namespace is null ? ["-batch", "-"] : ["-n", @namespace, "-batch", "-"],
            string.Join('\n', commands) + "\n"
        );
}
