using System.CommandLine;
using Stackmeta.Api;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary><c>stackmeta api --config-file nova.conf</c>: the API on a live cloud's databases, in nova-api-metadata's place.</summary>
sealed class NovaApiCommand
{
    readonly Option<string[]> _files = new("--config-file")
    {
        Description = "Nova's configuration: answer from its databases, as nova-api-metadata does; may be repeated",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    readonly Option<string[]> _folders = new("--config-dir")
    {
        Description = "A folder of more of it, read after the files: all *.conf by name; may be repeated",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    readonly Option<bool> _check = new("--check")
    {
        Description = "Say of each option in these files whether it is honoured, and end: 1 when one is not supported",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_files);
        command.Options.Add(_folders);
        command.Options.Add(_check);
    }

    /// <summary>Whether the command line asks for Nova's databases.</summary>
    public bool IsAsked(ParseResult parsed) => Paths(parsed).Length > 0 || parsed.GetValue(_check);

    /// <exception cref="CommandException">The files cannot be used.</exception>
    public async Task<int> RunAsync(ParseResult parsed, SettingValues settings, CancellationToken cancellationToken)
    {
        if (Paths(parsed).Length == 0)
        {
            throw new CommandException("--check needs --config-file or --config-dir.", ExitCodes.Usage);
        }
        try
        {
            var files = OsloConfiguration.Read(Paths(parsed), Environment.GetEnvironmentVariable);
            if (parsed.GetValue(_check))
            {
                return Check(files, parsed.InvocationConfiguration);
            }
            await ServeAsync(NovaConfiguration.Read(files), parsed, settings, cancellationToken);
            return ExitCodes.Done;
        }
        catch (ConfigurationException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
    }

    static int Check(OsloConfiguration files, InvocationConfiguration invocation)
    {
        var report = NovaConfiguration.Check(files);
        Table.Write(
            invocation.Output,
            ["option", "place", "verdict", "reason"],
            report.Select(finding =>
                (IReadOnlyList<string?>)
                    [
                        $"[{finding.Group}] {finding.Name}",
                        finding.Place.ToString(),
                        Word(finding.Verdict),
                        finding.Reason,
                    ]
            )
        );
        // Values that cannot be used at all are the other half of the check.
        NovaConfiguration.Read(files);
        return report.Any(finding => finding.Verdict == OptionVerdict.NotSupported) ? ExitCodes.Failed : ExitCodes.Done;
    }

    static string Word(OptionVerdict verdict) =>
        verdict switch
        {
            OptionVerdict.Honoured => "honoured",
            OptionVerdict.Irrelevant => "irrelevant",
            _ => "not supported",
        };

    static async Task ServeAsync(
        NovaConfiguration nova,
        ParseResult parsed,
        SettingValues settings,
        CancellationToken cancellationToken
    )
    {
        using var signals = new StopSignals(cancellationToken);
        using var loggers = ProgramLog.Create(settings.Get(KnownSettings.LogLevel));
        foreach (var finding in nova.Report.Where(finding => finding.Verdict == OptionVerdict.NotSupported))
        {
            Log.OptionNotSupported(
                loggers.CreateLogger(nameof(NovaApiCommand)),
                finding.Place.ToString(),
                $"[{finding.Group}] {finding.Name}",
                finding.Reason
            );
        }
        var options = new ApiOptions { Cache = new() { MaxBytes = settings.Get(KnownSettings.ApiCacheBytes) } };
        await using var hop = NovaHop.Create(
            nova,
            DocumentSettings.Of(settings),
            options,
            loggers,
            TimeProvider.System
        );
        try
        {
            await hop.StartAsync(
                nova.Listen,
                settings.IsSet(KnownSettings.ApiListen) ? settings.Get(KnownSettings.ApiListen) : [],
                loggers,
                signals.Token
            );
            await parsed.InvocationConfiguration.Output.WriteLineAsync("Ready.");
            await signals.WaitAsync();
            await hop.StopAsync(CancellationToken.None);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            // Stopped while it was starting.
        }
    }

    string[] Paths(ParseResult parsed) => [.. parsed.GetValue(_files)!, .. parsed.GetValue(_folders)!];
}
