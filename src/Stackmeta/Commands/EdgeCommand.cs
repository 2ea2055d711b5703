using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta;

/// <summary>
/// <c>stackmeta edge</c>: the namespaces of networks, our own or Neutron's, with the agent elsewhere or in the same process.
/// </summary>
static class EdgeCommand
{
    public static Command Create(CommonOptions common)
    {
        var networks = new NetworkSourceOptions();
        var command = new ExampleCommand(
            "edge",
            "Run the edge alone: each network's namespace, DHCP server and proxy.",
            "stackmeta edge --set agent.socket=/var/lib/stackmeta/metadata_proxy",
            "stackmeta edge --drop-in --set agent.socket=/var/lib/neutron/metadata_proxy",
            "stackmeta edge --drop-in --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/metadata_agent.ini",
            "stackmeta edge --watch --set agent.socket=/var/lib/neutron/metadata_proxy"
        );
        networks.AddTo(command);
        var agent = new NeutronEdgeCommand(networks);
        agent.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = common.Read(parsed);
                var source = networks.Of(parsed);
                if (agent.IsAsked(parsed) && !PrivilegedHalf.IsWanted(settings))
                {
                    return source == NetworkSource.Inventory
                        ? throw new CommandException(
                            "OpenStack's configuration goes with --watch or --drop-in: the networks are Neutron's.",
                            ExitCodes.Usage
                        )
                        : await agent.RunAsync(parsed, () => common.Read(parsed), cancellationToken);
                }
                return await Service.RunAsync(
                    () => common.Read(parsed),
                    parsed.InvocationConfiguration.Output,
                    (now, supervisor, loggers, stopping) => StartAsync(now, source, supervisor, loggers, stopping),
                    cancellationToken
                );
            }
        );
        return command;
    }

    static async Task<IRunning> StartAsync(
        SettingValues settings,
        NetworkSource source,
        Supervisor supervisor,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    ) =>
        PrivilegedHalf.IsWanted(settings)
            ? await PrivilegedHalf.StartAsync(
                settings,
                source,
                isAllHops: false,
                supervisor,
                TimeProvider.System,
                loggers,
                cancellationToken
            )
        : source == NetworkSource.Inventory
            ? await RunningPath.StartAsync(
                settings,
                DataFolder.Of(settings),
                Hops.Edge,
                source,
                supervisor,
                TimeProvider.System,
                loggers,
                cancellationToken
            )
        : await StartAloneAsync(settings, source, supervisor, loggers, cancellationToken);

    static async Task<IRunning> StartAloneAsync(
        SettingValues settings,
        NetworkSource source,
        Supervisor supervisor,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var folder = DataFolder.Of(settings).Make();
        var admin = await AdminSocket.OpenAsync(
            settings,
            folder,
            "edge",
            inventory: null,
            supervisor,
            TimeProvider.System,
            loggers,
            cancellationToken
        );
        try
        {
            var hop = await EdgeHop.StartAloneAsync(
                settings,
                source,
                agent: null,
                admin,
                TimeProvider.System,
                loggers,
                cancellationToken
            );
            admin.Health.Started();
            return new Drained(hop, admin);
        }
        catch
        {
            await admin.DisposeAsync();
            throw;
        }
    }

    /// <summary>A hop whose requests under way may end before it goes.</summary>
    sealed class Drained(EdgeHop hop, AdminSocket admin) : IRunning
    {
        public Task Started => Task.CompletedTask;

        public Task Ended => hop.Ended;

        public IReadOnlyList<string> AdminSockets => admin.Path is { } path ? [path] : [];

        public Task<string?> FindUnreadyAsync(CancellationToken cancellationToken) =>
            Unreadiness.FindAsync(admin.Health, cancellationToken);

        public Action PrepareReload(SettingValues settings) => () => hop.Limit(settings);

        public async ValueTask DisposeAsync()
        {
            admin.Health.Stopping();
            using var drain = new CancellationTokenSource(RunningPath.DrainTime, TimeProvider.System);
            await hop.StopAsync(drain.Token);
            await hop.DisposeAsync();
            await admin.DisposeAsync();
        }
    }
}
