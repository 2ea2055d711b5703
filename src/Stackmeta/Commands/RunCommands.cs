using System.CommandLine;

namespace Stackmeta;

/// <summary><c>stackmeta api</c>, <c>agent</c> and <c>edge</c>: each hop alone, on the inventory of the data folder.</summary>
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
        yield return Create(
            common,
            Hops.Edge,
            "edge",
            "Run the edge alone: each network's namespace, DHCP server and proxy.",
            "stackmeta edge --set agent.socket=/var/lib/stackmeta/metadata_proxy"
        );
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
        ConfigurationFileCommand? openStack = hops switch
        {
            Hops.Api => new NovaApiCommand(),
            Hops.Agent => new NeutronAgentCommand(),
            _ => null,
        };
        openStack?.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                if (openStack?.IsAsked(parsed) == true)
                {
                    return await openStack.RunAsync(parsed, settings, cancellationToken);
                }
                using var signals = new StopSignals(cancellationToken);
                using var loggers = ProgramLog.Create(settings.Get(KnownSettings.LogLevel));
                try
                {
                    await using var path = await RunningPath.StartAsync(
                        settings,
                        DataFolder.Of(settings),
                        hops,
                        TimeProvider.System,
                        loggers,
                        signals.Token
                    );
                    await parsed.InvocationConfiguration.Output.WriteLineAsync("Ready.");
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
