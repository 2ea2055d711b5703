using System.Diagnostics;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>What other programs print.</summary>
static class ProgramOutput
{
    /// <summary>Runs a program to its end and returns both its streams as one text.</summary>
    /// <exception cref="CommandException">It cannot be started.</exception>
    public static async Task<string> OfAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return text + await error;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CommandException($"'{program}' cannot be started: {SystemReason.Of(e)}.");
        }
    }
}
