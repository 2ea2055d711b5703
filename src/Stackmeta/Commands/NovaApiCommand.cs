using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary><c>stackmeta api --config-file nova.conf</c>: the API on a live cloud's databases, in nova-api-metadata's place.</summary>
sealed class NovaApiCommand()
    : ConfigurationFileCommand(
        "Nova's configuration: answer from its databases, as nova-api-metadata does; may be repeated"
    )
{
    /// <summary>Puts the API together as files and settings say; opens no address.</summary>
    /// <exception cref="ConfigurationException">The files cannot be used.</exception>
    public static NovaHop Create(
        NovaConfiguration nova,
        SettingValues settings,
        AdminSocket? admin,
        ILoggerFactory loggers
    ) =>
        NovaHop.Create(
            nova,
            DocumentSettings.Of(settings),
            new ApiOptions { Cache = new() { MaxBytes = settings.Get(KnownSettings.ApiCacheBytes) } },
            loggers,
            TimeProvider.System,
            admin,
            settings.Get(KnownSettings.ApiNeutronConfigFile) is { Length: > 0 } neutron
                ? NeutronDatabaseOptions.Read(neutron, Environment.GetEnvironmentVariable)
                : null
        );

    protected override string HopName => "api";

    protected override ImmutableArray<OptionFinding> Report(OsloConfiguration files) => NovaConfiguration.Check(files);

    protected override string? Validate(OsloConfiguration files, ParseResult parsed, SettingValues settings)
    {
        NovaConfiguration.Read(files);
        if (settings.Get(KnownSettings.ApiNeutronConfigFile) is { Length: > 0 } neutron)
        {
            NeutronDatabaseOptions.Read(neutron, Environment.GetEnvironmentVariable);
        }
        return null;
    }

    protected override async Task<IHop> StartAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings,
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
                loggers,
                cancellationToken
            );
            return hop;
        }
        catch
        {
            await hop.DisposeAsync();
            throw;
        }
    }
}
