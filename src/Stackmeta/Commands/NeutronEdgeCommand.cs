using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>
/// <c>stackmeta edge --drop-in --config-file neutron.conf</c>: edge and agent in one process, in the place of the haproxies and
/// of neutron-metadata-agent; with <c>--nova-config-file</c> the API too.
/// </summary>
sealed class NeutronEdgeCommand(NetworkSourceOptions networks) : NeutronAgentCommand
{
    protected override string HopName => "edge";

    protected override async Task<IHop> StartAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings,
        AdminSocket admin,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var agent = (NeutronAgentHop)await base.StartAsync(files, parsed, settings, admin, loggers, cancellationToken);
        try
        {
            var edge = await EdgeHop.StartAloneAsync(
                settings,
                networks.Of(parsed),
                agent.Agent,
                admin,
                TimeProvider.System,
                loggers,
                cancellationToken
            );
            return new Both(edge, agent);
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
