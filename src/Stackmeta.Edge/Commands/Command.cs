using System.ComponentModel;
using System.Diagnostics;

namespace Stackmeta.Edge;

/// <summary>A program with its exact arguments. No shell is involved, so no argument is ever read twice.</summary>
sealed record Command(string Program, params string[] Arguments)
{
    public override string ToString() => $"{Program} {string.Join(' ', Arguments)}";

    /// <summary>A command of <c>ip</c>, in a namespace or, for null, in this one.</summary>
    public static Command Ip(string? @namespace, params string[] arguments) =>
        new("ip", @namespace is null ? arguments : ["-n", @namespace, .. arguments]);

    /// <summary>Runs the command to its end.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="EdgeException">It is missing or failed; the message has its own words.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await CaptureAsync(cancellationToken);
        return exitCode == 0
            ? output
            : throw new EdgeException(
                $"'{this}' failed: {(error.Length > 0 ? error.Trim() : $"exit code {exitCode}")}"
            );
    }

    /// <summary>Runs the command to its end, whatever that is.</summary>
    public async Task<CommandResult> CaptureAsync(CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo() };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new EdgeException($"'{this}' did not start: {e.Message}", e);
        }
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    ProcessStartInfo StartInfo()
    {
        var info = new ProcessStartInfo(Executables.Find(Program))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments)
        {
            info.ArgumentList.Add(argument);
        }
        return info;
    }
}

/// <summary>How a program ended and what it wrote.</summary>
public readonly record struct CommandResult(int ExitCode, string Output, string Error);
