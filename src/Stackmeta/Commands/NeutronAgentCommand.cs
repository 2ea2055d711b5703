using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.Edge;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>
/// <c>stackmeta agent --config-file neutron.conf --config-file metadata_agent.ini</c>: in neutron-metadata-agent's place.
/// </summary>
class NeutronAgentCommand()
    : ConfigurationFileCommand(
        "Neutron's configuration: look up ports in Neutron, as neutron-metadata-agent does; may be repeated"
    )
{
    readonly Option<string[]> _novaFiles = new("--nova-config-file")
    {
        Description =
            "Nova's configuration: answer in this process from its databases, instead of asking an API; may be repeated",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    public override void AddTo(Command command)
    {
        base.AddTo(command);
        command.Options.Add(_novaFiles);
    }

    public override bool IsAsked(ParseResult parsed) =>
        base.IsAsked(parsed) || parsed.GetValue(_novaFiles) is { Length: > 0 };

    protected override string HopName => "agent";

    protected override ImmutableArray<OptionFinding> Report(OsloConfiguration files) => AgentConfiguration.Check(files);

    protected override async ValueTask<string?> ValidateAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings
    )
    {
        var plan = Plan(files, parsed, settings);
        await NeutronAgentHop.CheckAsync(plan);
        return $"Ports are looked up in {plan.Directory}; {plan.Answering} answers; the socket is {plan.Socket.Path}.";
    }

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
        var (hop, prepareReload) = await StartAgentAsync(
            files,
            parsed,
            settings,
            kept,
            admin,
            loggers,
            cancellationToken
        );
        return new(hop, prepareReload);
    }

    /// <summary>The agent, and what makes other files hold.</summary>
    protected async Task<(
        NeutronAgentHop Hop,
        Func<OsloConfiguration, SettingValues, Action> PrepareReload
    )> StartAgentAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings,
        HostSockets? kept,
        AdminSocket admin,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var plan = Plan(files, parsed, settings, kept);
        var hop = await NeutronAgentHop.StartAsync(
            plan,
            nova => NovaApiCommand.Create(nova, settings, admin, loggers),
            admin,
            TimeProvider.System,
            loggers,
            cancellationToken
        );
        return (hop, PrepareReload);

        Action PrepareReload(OsloConfiguration other, SettingValues with)
        {
            var next = Plan(other, parsed, with, kept);
            var prepared = hop.PrepareReload(next, nova => NovaApiCommand.CreateAnswering(nova, with, admin, loggers));
            return () =>
            {
                prepared();
                if (next.Socket != plan.Socket)
                {
                    Log.ListeningNeedsRestart(loggers.CreateLogger<NeutronAgentCommand>(), "metadata_agent.ini");
                }
            };
        }
    }

    NeutronAgentPlan Plan(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings,
        HostSockets? kept = null
    ) =>
        NeutronAgentPlan.Of(
            AgentConfiguration.Read(files),
            parsed.GetValue(_novaFiles) is { Length: > 0 } nova
                ? NovaConfiguration.Read(nova, Environment.GetEnvironmentVariable)
                : null,
            settings,
            kept
        );
}
