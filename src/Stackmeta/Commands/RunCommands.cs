using System.CommandLine;

namespace Stackmeta;

/// <summary>
/// <c>stackmeta api</c>, <c>agent</c> and <c>edge</c>: each hop alone, on the inventory of the data folder or in an OpenStack cloud.
/// </summary>
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
        if (hops == Hops.Agent)
        {
            command.Options.Add(common.Api);
        }
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                if (openStack.IsAsked(parsed))
                {
                    return await openStack.RunAsync(parsed, () => common.Read(parsed), cancellationToken);
                }
                return await Service.RunAsync(
                    () => common.Read(parsed),
                    parsed.InvocationConfiguration.Output,
                    async (settings, supervisor, loggers, stopping) =>
                        await RunningPath.StartAsync(
                            settings,
                            DataFolder.Of(settings),
                            hops,
                            NetworkSource.Inventory,
                            supervisor,
                            TimeProvider.System,
                            loggers,
                            stopping
                        ),
                    cancellationToken
                );
            }
        );
        return command;
    }
}
