using System.CommandLine;
using System.Globalization;
using Stackmeta.WebConsole;

namespace Stackmeta;

/// <summary><c>stackmeta console</c>: the path as a page in the operator's browser.</summary>
static class ConsoleCommand
{
    public static Command Create(CommonOptions common, InventoryAccess access)
    {
        var port = new Option<int>("--port")
        {
            Description = "The port on 127.0.0.1 (default: any that is free)",
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (
                    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number is > 0 and <= ushort.MaxValue
                )
                {
                    return number;
                }
                result.AddError($"--port is '{text}', and must be a number from 1 to {ushort.MaxValue}.");
                return 0;
            },
        };
        var patience = PatienceOption.Create();
        var command = new ExampleCommand(
            "console",
            "Show the path as a live picture on a page: networks, guests, requests, refusals; on this host's loopback only.",
            "stackmeta console",
            "stackmeta console --port 8080"
        )
        {
            port,
            patience,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                using var signals = new StopSignals(cancellationToken);
                using var loggers = ProgramLog.Create(settings);
                try
                {
                    await using var console = await ConsoleServer.StartAsync(
                        parsed.GetValue(port),
                        new ConsolePath(
                            settings,
                            () => access.OpenForReading(parsed),
                            PatienceOption.Read(parsed, patience)
                        ),
                        TimeProvider.System,
                        loggers,
                        signals.Token
                    );
                    var output = parsed.InvocationConfiguration.Output;
                    await output.WriteLineAsync(
                        $"Open this in a browser on this host; whoever has it sees what you see:\n\n  {console.Address}\n\nCtrl-C ends it."
                    );
                    await output.FlushAsync(signals.Token);
                    await signals.WaitAsync();
                }
                catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
                {
                    // Stopped while it was starting.
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
