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

    /// <summary>
    /// What the programs of this project do takes some hundredths of a second; one that hangs is ended, and may be tried again.
    /// </summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs the command to its end.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="EdgeException">It is missing, failed or hangs; the message has its own words.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var (exitCode, output, error) = await CaptureWithinAsync(patience.Token, cancellationToken);
        return exitCode == 0
            ? output
            : throw new EdgeException(
                $"'{this}' failed: {(error.Length > 0 ? error.Trim() : $"exit code {exitCode}")}"
            );
    }

    async Task<CommandResult> CaptureWithinAsync(CancellationToken patience, CancellationToken cancellationToken)
    {
        try
        {
            return await CaptureAsync(patience);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EdgeException($"'{this}' did not end within {Patience.TotalSeconds} s.", e);
        }
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
        // Settings may come by the environment, secrets among them; and a language of the user's must not change what is read here.
        info.Environment.Clear();
        info.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        return info;
    }
}

/// <summary>How a program ended and what it wrote.</summary>
public readonly record struct CommandResult(int ExitCode, string Output, string Error);
