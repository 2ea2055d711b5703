using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Stackmeta;

/// <summary><c>stackmeta api</c>, <c>agent</c> and <c>edge</c>: each hop alone, on the inventory of the data folder or in an OpenStack cloud.</summary>
static class RunCommands
{
    public static IEnumerable<Command> Create(CommonOptions common)
    {
        yield return Create(
            common,
            Hops.Api,
            "api",
            "Run the metadata API alone: checks who asks and answers (nova-api-metadata's place).",
            "stackmeta api --set api.listen=127.0.0.1:8775",
            "stackmeta api --config-file /etc/nova/nova.conf",
            "stackmeta api --config-file /etc/nova/nova.conf --check"
        );
        yield return Create(
            common,
            Hops.Agent,
            "agent",
            "Run the agent alone: finds out which instance asks and signs for it (neutron-metadata-agent's place).",
            "stackmeta agent --set agent.socket=/var/lib/neutron/metadata_proxy --set agent.api=http://127.0.0.1:8775",
            "stackmeta agent --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/metadata_agent.ini",
            "stackmeta agent --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/metadata_agent.ini --check"
        );
        yield return EdgeCommand.Create(common);
        yield return HaproxyCommand.Create(common);
        yield return OpenerCommand.Create(common);
    }

    static ExampleCommand Create(
        CommonOptions common,
        Hops hops,
        string name,
        string description,
        params string[] examples
    )
    {
        var command = new ExampleCommand(name, description, examples);
        ConfigurationFileCommand openStack = hops == Hops.Api ? new NovaApiCommand() : new NeutronAgentCommand();
        openStack.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                if (openStack.IsAsked(parsed))
                {
                    return await openStack.RunAsync(parsed, settings, cancellationToken);
                }
                await ServeAsync(
                    parsed,
                    settings,
                    async (loggers, stopping) =>
                        await RunningPath.StartAsync(
                            settings,
                            DataFolder.Of(settings),
                            hops,
                            NetworkSource.Inventory,
                            TimeProvider.System,
                            loggers,
                            stopping
                        ),
                    cancellationToken
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>Starts something, says so, and disposes of it when a signal comes.</summary>
    public static async Task ServeAsync(
        ParseResult parsed,
        SettingValues settings,
        Func<ILoggerFactory, CancellationToken, Task<IAsyncDisposable>> start,
        CancellationToken cancellationToken
    )
    {
        using var signals = new StopSignals(cancellationToken);
        using var loggers = ProgramLog.Create(settings);
        try
        {
            await using var running = await start(loggers, signals.Token);
            if (running is not PrivilegedHalf)
            {
                // Of two halves, the other says when it is ready.
                await parsed.InvocationConfiguration.Output.WriteLineAsync("Ready.");
            }
            await signals.WaitAsync(running);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            // Stopped while it was starting.
        }
    }
}
