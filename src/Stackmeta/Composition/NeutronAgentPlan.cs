using Stackmeta.Agent;
using Stackmeta.Http;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>Where ports are looked up.</summary>
public enum PortSource
{
    /// <summary>The API where there are credentials for it, else the database.</summary>
    Auto,

    /// <summary>Neutron's REST API.</summary>
    Rest,

    /// <summary>Neutron's database.</summary>
    Database,
}

/// <summary>What the agent shall be, by Neutron's files and the program's settings; a setting that is set wins over the files.</summary>
sealed record NeutronAgentPlan
{
    public required AgentConfiguration Neutron { get; init; }

    /// <summary>How this process answers itself; null when an API elsewhere is asked.</summary>
    public required NovaConfiguration? Nova { get; init; }

    public required AgentSocketOptions Socket { get; init; }

    /// <summary>The API that is asked where this process does not answer itself.</summary>
    public required Uri Api { get; init; }

    /// <summary><see cref="PortSource.Rest"/> or <see cref="PortSource.Database"/>.</summary>
    public required PortSource Ports { get; init; }

    /// <summary>Where ports are looked up, for people; no secret.</summary>
    public string Directory =>
        Ports == PortSource.Rest
            ? $"Neutron's REST API (as {Neutron.Credentials})"
            : $"Neutron's database ({Neutron.Database})";

    /// <summary>Who answers, for people.</summary>
    public string Answering => Nova is null ? $"the metadata API at {Api}" : "this process";

    /// <exception cref="ConfigurationException">The files do not say how ports are looked up.</exception>
    /// <exception cref="CommandException">Files and settings do not go together.</exception>
    public static NeutronAgentPlan Of(
        AgentConfiguration neutron,
        NovaConfiguration? nova,
        SettingValues settings,
        IInheritedSockets? kept = null
    )
    {
        var api = settings.IsSet(KnownSettings.AgentApi) ? settings.Get(KnownSettings.AgentApi) : neutron.NovaUrl;
        if (api is null && nova is null)
        {
            throw new CommandException(
                "agent.api is in-process: name Nova's configuration with --nova-config-file.",
                ExitCodes.Usage
            );
        }
        return new()
        {
            Neutron = neutron,
            Nova = nova,
            Api = api ?? neutron.NovaUrl,
            Ports = Choose(neutron, settings.Get(KnownSettings.AgentPorts)),
            Socket = new()
            {
                Path = settings.Get(KnownSettings.AgentSocket) is { Length: > 0 } path ? path : neutron.Socket,
                Mode = settings.IsSet(KnownSettings.AgentSocketMode)
                    ? settings.Get(KnownSettings.AgentSocketMode)
                    : ModeOf(neutron.SocketMode),
                IsReadableByAll = true,
                MaxConnections = DescriptorShares.Agent(hasGuests: false, hasApi: false),
                ProxyUser = neutron.ProxyUser,
                ProxyGroup = neutron.ProxyGroup,
                Owner = settings.Get(KnownSettings.AgentSocketOwner),
                Group = settings.Get(KnownSettings.AgentSocketGroup),
                Backlog = neutron.Backlog,
                TakeOver = settings.Get(KnownSettings.AgentTakeOver),
                Kept = kept,
            },
        };
    }

    /// <summary>Nothing of it: it holds secrets.</summary>
    public override string ToString() => nameof(NeutronAgentPlan);

    static PortSource Choose(AgentConfiguration neutron, PortSource wanted) =>
        (wanted, neutron.Credentials, neutron.Database) switch
        {
            (PortSource.Auto or PortSource.Rest, not null, _) => PortSource.Rest,
            (PortSource.Auto or PortSource.Database, _, not null) => PortSource.Database,
            (PortSource.Rest, _, _) => throw new ConfigurationException(
                "the files name no credentials for Neutron's REST API ([keystone_authtoken] auth_url, username, password)"
            ),
            (PortSource.Database, _, _) => throw new ConfigurationException(
                neutron.DatabaseProblem
                    ?? "the files name no database that ports can be looked up in ([database] connection)"
            ),
            _ => throw new ConfigurationException(
                neutron.DatabaseProblem
                    ?? "ports cannot be looked up: the files name neither credentials for Neutron's REST API ([keystone_authtoken] auth_url, username, password) nor its database ([database] connection)"
            ),
        };

    static AgentSocketMode ModeOf(string word) =>
        word switch
        {
            "user" => AgentSocketMode.User,
            "group" => AgentSocketMode.Group,
            "all" => AgentSocketMode.All,
            _ => AgentSocketMode.Deduce,
        };
}
