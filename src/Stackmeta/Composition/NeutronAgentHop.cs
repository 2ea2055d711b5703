using System.Text;
using Microsoft.Extensions.Logging;
using Stackmeta.Agent;
using Stackmeta.Inventory;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>The agent on a live Neutron: behind the haproxies of its DHCP and L3 agents, before any metadata API.</summary>
sealed class NeutronAgentHop : IHop
{
    /// <summary>How long a look-up in the database may take, as one by REST (<see cref="NeutronOptions.Deadline"/>).</summary>
    static readonly TimeSpan DatabaseDeadline = TimeSpan.FromSeconds(5);

    readonly Owned _owned = new();
    AgentHop _agent = null!;

    NeutronAgentHop() { }

    /// <summary>What answers, for an edge in the same process.</summary>
    public MetadataAgent Agent => _agent.Agent;

    /// <summary>Opens the agent's socket.</summary>
    /// <param name="plan">What it shall be.</param>
    /// <param name="answering">Makes what answers in this process where the plan says so.</param>
    /// <param name="admin">Where the operator sees it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Http.ListenException">The socket cannot be had.</exception>
    /// <exception cref="ConfigurationException">A certificate or the database's URL cannot be used.</exception>
    public static async Task<IHop> StartAsync(
        NeutronAgentPlan plan,
        Func<NovaConfiguration, NovaHop> answering,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var hop = new NeutronAgentHop();
        try
        {
            var directory = hop.Directory(plan, time, loggers);
            hop._agent = await (
                plan.Nova is { } nova
                    ? AgentHop.StartAsync(
                        plan.Socket,
                        hop._owned.Add(answering(nova)).Api,
                        directory,
                        admin,
                        time,
                        loggers,
                        cancellationToken
                    )
                    : AgentHop.StartAsync(
                        plan.Socket,
                        Upstream(plan),
                        Encoding.UTF8.GetBytes(plan.Neutron.SharedSecret),
                        directory,
                        admin,
                        time,
                        loggers,
                        cancellationToken
                    )
            );
            return hop;
        }
        catch
        {
            await hop._owned.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _agent.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _owned.DisposeAsync();
    }

    IPortDirectory Directory(NeutronAgentPlan plan, TimeProvider time, ILoggerFactory loggers)
    {
        var neutron = plan.Neutron;
        if (plan.Ports == PortSource.Rest)
        {
            var keystone = _owned.Add(
                new KeystoneSession(neutron.Credentials!, loggers.CreateLogger<KeystoneSession>(), time)
            );
            var log = loggers.CreateLogger<NeutronClient>();
            return new NeutronPortDirectory(_owned.Add(new NeutronClient(neutron.Neutron, keystone, log, time)));
        }
        return _owned.Add(
            new NeutronDatabasePortDirectory(
                neutron.Database!,
                neutron.DatabasePool,
                DatabaseDeadline,
                loggers.CreateLogger<NeutronDatabasePortDirectory>(),
                time
            )
        );
    }

    static UpstreamOptions Upstream(NeutronAgentPlan plan)
    {
        var tls = plan.Neutron.NovaTls;
        return new()
        {
            Api = plan.Api,
            Insecure = tls.IsInsecure,
            Authorities = tls.AuthorityFile is null ? null : CertificateFiles.Authorities(tls.AuthorityFile),
            ClientCertificate = tls.CertificateFile is null
                ? null
                : CertificateFiles.Own(tls.CertificateFile, tls.KeyFile, "[DEFAULT] nova_client_cert"),
        };
    }
}
