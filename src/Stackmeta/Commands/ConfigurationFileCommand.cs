using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>The form of a command that runs a hop as OpenStack's own files configure it, and that can check them beforehand.</summary>
abstract class ConfigurationFileCommand
{
    readonly Option<string[]> _files;

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

    /// <param name="whatFilesDo">The help text of <c>--config-file</c>.</param>
    protected ConfigurationFileCommand(string whatFilesDo) =>
        _files = new("--config-file")
        {
            Description = whatFilesDo,
            HelpName = "FILE",
            DefaultValueFactory = _ => [],
        };

    public virtual void AddTo(Command command)
    {
        command.Options.Add(_files);
        command.Options.Add(_folders);
        command.Options.Add(_check);
    }

    /// <summary>Whether the command line asks for OpenStack's configuration.</summary>
    public virtual bool IsAsked(ParseResult parsed) => Paths(parsed).Length > 0 || parsed.GetValue(_check);

    /// <exception cref="CommandException">The files cannot be used.</exception>
    public async Task<int> RunAsync(ParseResult parsed, SettingValues settings, CancellationToken cancellationToken)
    {
        if (Paths(parsed).Length == 0)
        {
            throw new CommandException(
                "Name OpenStack's configuration with --config-file or --config-dir.",
                ExitCodes.Usage
            );
        }
        try
        {
            var files = OsloConfiguration.Read(Paths(parsed), Environment.GetEnvironmentVariable);
            if (parsed.GetValue(_check))
            {
                return Check(files, parsed, settings);
            }
            await ServeAsync(files, parsed, settings, cancellationToken);
            return ExitCodes.Done;
        }
        catch (ConfigurationException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
    }

    /// <summary>What becomes of each assignment.</summary>
    protected abstract ImmutableArray<OptionFinding> Report(OsloConfiguration files);

    /// <summary>Reads all values, as a start would.</summary>
    /// <returns>A sentence for the end of the report; null for none.</returns>
    /// <exception cref="ConfigurationException">Some cannot be used.</exception>
    protected abstract string? Validate(OsloConfiguration files, ParseResult parsed, SettingValues settings);

    /// <summary>The hop that it runs, for the name of its admin socket.</summary>
    protected abstract string HopName { get; }

    /// <summary>Starts the hop.</summary>
    /// <exception cref="ConfigurationException">The files cannot be used.</exception>
    protected abstract Task<IHop> StartAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings,
        AdminSocket admin,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    );

    int Check(OsloConfiguration files, ParseResult parsed, SettingValues settings)
    {
        var output = parsed.InvocationConfiguration.Output;
        var report = Report(files);
        Table.Write(
            output,
            ["option", "place", "verdict", "reason"],
            report.Select(finding =>
                (IReadOnlyList<string?>)
                    [NameOf(finding), finding.Place.ToString(), Word(finding.Verdict), finding.Reason]
            )
        );
        // Values that cannot be used at all are the other half of the check.
        if (Validate(files, parsed, settings) is { } sentence)
        {
            output.WriteLine();
            output.WriteLine(sentence);
        }
        return report.Any(finding => finding.Verdict == OptionVerdict.NotSupported) ? ExitCodes.Failed : ExitCodes.Done;
    }

    async Task ServeAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings,
        CancellationToken cancellationToken
    )
    {
        using var signals = new StopSignals(cancellationToken);
        using var loggers = ProgramLog.Create(settings);
        foreach (var finding in Report(files).Where(finding => finding.Verdict == OptionVerdict.NotSupported))
        {
            Log.OptionNotSupported(
                loggers.CreateLogger(GetType().Name),
                finding.Place.ToString(),
                NameOf(finding),
                finding.Reason
            );
        }
        try
        {
            await using var admin = await AdminSocket.OpenAsync(
                settings,
                DataFolder.Of(settings),
                HopName,
                inventory: null,
                TimeProvider.System,
                loggers,
                signals.Token
            );
            await using var hop = await StartAsync(files, parsed, settings, admin, loggers, signals.Token);
            admin.Health.Started();
            await parsed.InvocationConfiguration.Output.WriteLineAsync("Ready.");
            await signals.WaitAsync(hop);
            admin.Health.Stopping();
            using var drain = new CancellationTokenSource(RunningPath.DrainTime, TimeProvider.System);
            await hop.StopAsync(drain.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            // Stopped while it was starting.
        }
    }

    static string NameOf(OptionFinding finding) => $"[{finding.Group}] {finding.Name}";

    static string Word(OptionVerdict verdict) =>
        verdict switch
        {
            OptionVerdict.Honoured => "honoured",
            OptionVerdict.Irrelevant => "irrelevant",
            _ => "not supported",
        };

    string[] Paths(ParseResult parsed) => [.. parsed.GetValue(_files)!, .. parsed.GetValue(_folders)!];
}
