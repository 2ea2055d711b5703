using System.Collections.Immutable;
using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Edge;
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

    /// <param name="parsed">The command line.</param>
    /// <param name="read">Reads the settings.</param>
    /// <param name="cancellationToken">Ends it as a signal would.</param>
    /// <exception cref="CommandException">The files cannot be used.</exception>
    public async Task<int> RunAsync(ParseResult parsed, Func<SettingValues> read, CancellationToken cancellationToken)
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
            return parsed.GetValue(_check)
                ? await CheckAsync(ReadFiles(parsed), parsed, read())
                : await Service.RunAsync(
                    read,
                    parsed.InvocationConfiguration.Output,
                    async (settings, supervisor, loggers, stopping) =>
                        await StartAsync(parsed, settings, supervisor, loggers, stopping),
                    cancellationToken
                );
        }
        catch (ConfigurationException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
    }

    /// <summary>What becomes of each assignment.</summary>
    protected abstract ImmutableArray<OptionFinding> Report(OsloConfiguration files);

    /// <summary>Reads all values and what they name, as a start would.</summary>
    /// <returns>A sentence for the end of the report; null for none.</returns>
    /// <exception cref="ConfigurationException">Some cannot be used.</exception>
    protected abstract ValueTask<string?> ValidateAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings
    );

    /// <summary>The hop that it runs, for the name of its admin socket.</summary>
    protected abstract string HopName { get; }

    /// <summary>Starts the hop.</summary>
    /// <exception cref="ConfigurationException">The files cannot be used.</exception>
    protected abstract Task<ConfiguredHop> StartAsync(
        OsloConfiguration files,
        ParseResult parsed,
        SettingValues settings,
        HostSockets? kept,
        AdminSocket admin,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    );

    async Task<int> CheckAsync(OsloConfiguration files, ParseResult parsed, SettingValues settings)
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
        if (await ValidateAsync(files, parsed, settings) is { } sentence)
        {
            output.WriteLine();
            output.WriteLine(sentence);
        }
        return report.Any(finding => finding.Verdict == OptionVerdict.NotSupported) ? ExitCodes.Failed : ExitCodes.Done;
    }

    async Task<Running> StartAsync(
        ParseResult parsed,
        SettingValues settings,
        Supervisor supervisor,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var files = ReadFiles(parsed);
        var logger = loggers.CreateLogger(GetType().Name);
        foreach (var finding in Report(files).Where(finding => finding.Verdict == OptionVerdict.NotSupported))
        {
            Log.OptionNotSupported(logger, finding.Place.ToString(), NameOf(finding), finding.Reason);
        }
        var owned = new Owned();
        try
        {
            var kept = HostSockets.Open(loggers);
            if (kept is not null)
            {
                owned.Add(kept);
            }
            var admin = owned.Add(
                await AdminSocket.OpenAsync(
                    settings,
                    DataFolder.Of(settings),
                    HopName,
                    inventory: null,
                    supervisor,
                    TimeProvider.System,
                    loggers,
                    cancellationToken
                )
            );
            var configured = await StartAsync(files, parsed, settings, kept, admin, loggers, cancellationToken);
            var hop = owned.Add(configured.Hop);
            kept?.DropLeft();
            admin.Health.Started();
            return new(hop, admin, owned, next => configured.PrepareReload(ReadFiles(parsed), next));
        }
        catch
        {
            await owned.DisposeAsync();
            throw;
        }
    }

    OsloConfiguration ReadFiles(ParseResult parsed) =>
        parsed.GetValue(_folders)!.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing
            ? throw new ConfigurationException($"{missing}: there is no such folder")
            : OsloConfiguration.Read(Paths(parsed), Environment.GetEnvironmentVariable);

    /// <summary>The hop and its admin socket.</summary>
    sealed class Running(IHop hop, AdminSocket admin, Owned owned, Func<SettingValues, Action> prepareReload) : IRunning
    {
        public Task Started => Task.CompletedTask;

        public Task Ended => (hop as IEndsItself)?.Ended ?? new TaskCompletionSource().Task;

        public IReadOnlyList<string> AdminSockets => admin.Path is { } path ? [path] : [];

        public Task<string?> FindUnreadyAsync(CancellationToken cancellationToken) =>
            Unreadiness.FindAsync(admin.Health, cancellationToken);

        public Action PrepareReload(SettingValues settings) => prepareReload(settings);

        public async ValueTask DisposeAsync()
        {
            admin.Health.Stopping();
            using var drain = new CancellationTokenSource(RunningPath.DrainTime, TimeProvider.System);
            await hop.StopAsync(drain.Token);
            await owned.DisposeAsync();
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
