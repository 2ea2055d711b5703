using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Edge;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary><c>stackmeta api --config-file nova.conf</c>: the API on a live cloud's databases, in nova-api-metadata's place.</summary>
sealed class NovaApiCommand()
    : ConfigurationFileCommand(
        "Nova's configuration: answer from its databases, as nova-api-metadata does; may be repeated"
    )
{
    /// <summary>Puts together what answers as files and settings say; makes no connection.</summary>
    /// <exception cref="ConfigurationException">The files cannot be used.</exception>
    public static NovaAnswering CreateAnswering(
        NovaConfiguration nova,
        SettingValues settings,
        AdminSocket? admin,
        ILoggerFactory loggers
    ) =>
        NovaAnswering.Create(
            nova,
            DocumentSettings.Of(settings),
            new ApiOptions { Cache = new() { MaxBytes = settings.Get(KnownSettings.ApiCacheBytes) } },
            loggers,
            TimeProvider.System,
            admin,
            NeutronDatabaseOf(settings)
        );

    /// <summary>The same as a hop; opens no address.</summary>
    /// <exception cref="ConfigurationException">The files cannot be used.</exception>
    public static NovaHop Create(
        NovaConfiguration nova,
        SettingValues settings,
        AdminSocket? admin,
        ILoggerFactory loggers
    ) => new(CreateAnswering(nova, settings, admin, loggers), admin, TimeProvider.System);

    static NeutronDatabaseOptions? NeutronDatabaseOf(SettingValues settings) =>
        settings.Get(KnownSettings.ApiNeutronConfigFile) is { Length: > 0 } neutron
            ? NeutronDatabaseOptions.Read(neutron, Environment.GetEnvironmentVariable)
            : null;

    protected override string HopName => "api";

    protected override ImmutableArray<OptionFinding> Report(OsloConfiguration files) => NovaConfiguration.Check(files);

    protected override ValueTask<string?> ValidateAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings
    )
    {
        NovaConfiguration.Read(files);
        NeutronDatabaseOf(settings);
        return ValueTask.FromResult<string?>(null);
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
        var nova = NovaConfiguration.Read(files);
        var hop = Create(nova, settings, admin, loggers);
        try
        {
            await hop.StartAsync(
                nova.Listen,
                settings.IsSet(KnownSettings.ApiListen) ? settings.Get(KnownSettings.ApiListen) : [],
                kept,
                loggers,
                cancellationToken
            );
        }
        catch
        {
            await hop.DisposeAsync();
            throw;
        }
        return new(hop, PrepareReload);

        Action PrepareReload(OsloConfiguration other, SettingValues with)
        {
            var next = NovaConfiguration.Read(other);
            var answering = CreateAnswering(next, with, admin, loggers);
            return () =>
            {
                hop.Exchange(answering);
                if (next.Listen != nova.Listen)
                {
                    Log.ListeningNeedsRestart(loggers.CreateLogger<NovaApiCommand>(), "nova.conf");
                }
            };
        }
    }
}
