using System.CommandLine;
using System.ComponentModel;
using System.Net.Sockets;
using Stackmeta.Core.Logging;
using Stackmeta.Edge;
using Stackmeta.Http;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// The <c>stackmeta</c> program as a function: what it prints and the code it ends with. Tests call it in their own process.
/// </summary>
public static class StackmetaProgram
{
    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="output">What was asked for.</param>
    /// <param name="error">Errors and progress.</param>
    /// <param name="cancellationToken">Ends a long-running command as a signal would.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await RunUnguardedAsync(arguments, output, error, cancellationToken);
        }
        catch (CommandException e)
        {
            await error.WriteLineAsync($"stackmeta: {e.Message}");
            return e.ExitCode;
        }
        catch (Exception e) when (e is InventoryException or ListenException or EdgeException)
        {
            await error.WriteLineAsync($"stackmeta: {e.Message}");
        }
        catch (SettingsException e)
        {
            foreach (var problem in e.Problems)
            {
                await error.WriteLineAsync($"stackmeta: {problem}");
            }
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("stackmeta: Stopped before it was done.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or Win32Exception)
        {
            await error.WriteLineAsync($"stackmeta: The system refused what the command needs: {SystemReason.Of(e)}.");
        }
        catch (Exception e)
        {
            await error.WriteLineAsync(
                $"stackmeta: A fault of the program stopped it; please report the command and this place: {FaultPlace.Of(e)}."
            );
        }
        return ExitCodes.Failed;
    }

    static async Task<int> RunUnguardedAsync(
        IReadOnlyList<string> arguments,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        var parsed = CommandLine.Parse(CommandTree.Create(), arguments.Count > 0 ? arguments : ["--help"]);
        var stray = StrayOption.Find(parsed, arguments);
        var isShown = parsed.Action is { ClearsParseErrors: true };
        if (isShown ? UsageErrors.IsOfUnknown(parsed) : parsed.Errors.Count > 0 || stray is not null)
        {
            foreach (var problem in UsageErrors.Describe(parsed, stray))
            {
                await error.WriteLineAsync($"stackmeta: {problem}");
            }
            await error.WriteLineAsync($"Try '{UsageErrors.PathOf(parsed.CommandResult)} --help'.");
            return ExitCodes.Usage;
        }

        // Exceptions reach us instead of the library's own handler, which would print stack traces.
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            // Long-running commands watch for signals themselves, to stop in order.
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(invocation, cancellationToken);
    }
}
