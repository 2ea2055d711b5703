using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.Edge;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>
/// <c>stackmeta edge --drop-in --config-file neutron.conf</c>: edge and agent in one process, in the place of the haproxies and
/// of neutron-metadata-agent; with <c>--nova-config-file</c> the API too.
/// </summary>
sealed class NeutronEdgeCommand(NetworkSourceOptions networks) : NeutronAgentCommand
{
    protected override string HopName => "edge";

    protected override async Task<ConfiguredHop> StartAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings,
        HostSockets? kept,
        AdminSocket admin,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var (agent, prepareReload) = await StartAgentAsync(
            files,
            parsed,
            settings,
            kept,
            admin,
            loggers,
            cancellationToken
        );
        try
        {
            var edge = await EdgeHop.StartAloneAsync(
                settings,
                networks.Of(parsed),
                agent.Handler,
                admin,
                TimeProvider.System,
                loggers,
                cancellationToken
            );
            return new(
                new Both(edge, agent),
                (other, with) =>
                {
                    var prepared = prepareReload(other, with);
                    return () =>
                    {
                        prepared();
                        edge.Limit(with);
                    };
                }
            );
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stopped from the front to the back.</summary>
    sealed class Both(EdgeHop front, IHop back) : IHop, IEndsItself
    {
        public Task Ended => front.Ended;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await front.StopAsync(cancellationToken);
            await back.StopAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await front.DisposeAsync();
            await back.DisposeAsync();
        }
    }
}
