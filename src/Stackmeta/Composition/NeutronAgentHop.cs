using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Agent;
using Stackmeta.Core.Lookups;
using Stackmeta.Http;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>The agent on a live Neutron: behind the haproxies of its DHCP and L3 agents, before any metadata API.</summary>
sealed class NeutronAgentHop : IHop
{
    /// <summary>How long a look-up in the database may take, as one by REST (<see cref="NeutronOptions.Deadline"/>).</summary>
    static readonly TimeSpan DatabaseDeadline = TimeSpan.FromSeconds(5);

    readonly TimeProvider _time;
    readonly ILoggerFactory _loggers;
    readonly NovaHop? _nova;
    AgentHop _agent = null!;

    NeutronAgentHop(NovaHop? nova, TimeProvider time, ILoggerFactory loggers) =>
        (_nova, _time, _loggers) = (nova, time, loggers);

    /// <summary>For an edge in the same process.</summary>
    public IRequestHandler Handler => _agent;

    /// <summary>Reads whatever the plan names on this host, as a start would; opens and asks nothing.</summary>
    /// <exception cref="ConfigurationException">Something of it cannot be used.</exception>
    public static async ValueTask CheckAsync(NeutronAgentPlan plan)
    {
        await using var owned = new Owned();
        DirectoryOf(plan, owned, TimeProvider.System, NullLoggerFactory.Instance);
        if (plan.Nova is null)
        {
            Upstream(plan);
        }
        try
        {
            plan.Socket.CheckAccess();
        }
        catch (ListenException e)
        {
            throw new ConfigurationException(e.Message, e);
        }
    }

    /// <summary>Opens the agent's socket.</summary>
    /// <param name="plan">What it shall be.</param>
    /// <param name="answering">Makes what answers in this process where the plan says so.</param>
    /// <param name="admin">Where the operator sees it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="ListenException">The socket cannot be had.</exception>
    /// <exception cref="ConfigurationException">A certificate or the database's URL cannot be used.</exception>
    public static async Task<NeutronAgentHop> StartAsync(
        NeutronAgentPlan plan,
        Func<NovaConfiguration, NovaHop> answering,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var hop = new NeutronAgentHop(plan.Nova is { } configuration ? answering(configuration) : null, time, loggers);
        var owned = new Owned();
        try
        {
            var directory = DirectoryOf(plan, owned, time, loggers);
            hop._agent = await (
                hop._nova is { } nova
                    ? AgentHop.StartAsync(
                        plan.Socket,
                        applied: null,
                        () => nova.Api,
                        directory,
                        owned,
                        admin,
                        time,
                        loggers,
                        cancellationToken
                    )
                    : AgentHop.StartAsync(
                        plan.Socket,
                        applied: null,
                        Upstream(plan),
                        Encoding.UTF8.GetBytes(plan.Neutron.SharedSecret),
                        directory,
                        owned,
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
            await owned.DisposeAsync();
            if (hop._nova is not null)
            {
                await hop._nova.DisposeAsync();
            }
            throw;
        }
    }

    /// <summary>Makes what another plan needs, except for its socket.</summary>
    /// <param name="plan">The other plan.</param>
    /// <param name="answering">Makes what answers in this process where the plan says so.</param>
    /// <returns>What has it hold from now on.</returns>
    /// <exception cref="ConfigurationException">It cannot be used, or not without a new start.</exception>
    public Action PrepareReload(NeutronAgentPlan plan, Func<NovaConfiguration, NovaAnswering> answering)
    {
        if (plan.Nova is null != _nova is null)
        {
            throw new ConfigurationException("whether this process answers itself cannot change while it runs");
        }
        var owned = new Owned();
        var directory = DirectoryOf(plan, owned, _time, _loggers);
        if (_nova is { } nova)
        {
            var next = answering(plan.Nova!);
            var asked = _agent.PrepareReload(() => nova.Api, directory, owned);
            return () =>
            {
                nova.Exchange(next);
                asked();
            };
        }
        return _agent.PrepareReload(
            Upstream(plan),
            Encoding.UTF8.GetBytes(plan.Neutron.SharedSecret),
            directory,
            owned
        );
    }

    public Task StopAsync(CancellationToken cancellationToken) => _agent.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        if (_nova is not null)
        {
            await _nova.DisposeAsync();
        }
    }

    /// <summary>Where the plan looks up ports.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="owned">Gets what must be closed in the end.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <exception cref="ConfigurationException">The database's URL cannot be used.</exception>
    public static INetworkPortDirectory DirectoryOf(
        NeutronAgentPlan plan,
        Owned owned,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        var neutron = plan.Neutron;
        if (plan.Ports == PortSource.Rest)
        {
            var keystone = owned.Add(
                new KeystoneSession(neutron.Credentials!, loggers.CreateLogger<KeystoneSession>(), time)
            );
            var log = loggers.CreateLogger<NeutronClient>();
            return new NeutronPortDirectory(owned.Add(new NeutronClient(neutron.Neutron, keystone, log, time)));
        }
        return owned.Add(
            new NeutronDatabasePortDirectory(
                neutron.Database!,
                neutron.DatabasePool,
                DatabaseDeadline,
                loggers.CreateLogger<NeutronDatabasePortDirectory>(),
                time
            )
        );
    }

    /// <summary>How the plan's API is asked.</summary>
    /// <exception cref="ConfigurationException">A certificate cannot be used.</exception>
    public static UpstreamOptions Upstream(NeutronAgentPlan plan)
    {
        var tls = plan.Neutron.NovaTls;
        return new()
        {
            Api = plan.Api,
            Insecure = tls.IsInsecure,
            Authorities = tls.AuthorityFile is null
                ? null
                : CertificateFiles.Authorities(tls.AuthorityFile, "[DEFAULT] auth_ca_cert"),
            ClientCertificate = tls.CertificateFile is null
                ? null
                : CertificateFiles.Own(tls.CertificateFile, tls.KeyFile, "[DEFAULT] nova_client_cert"),
        };
    }
}
