using System.CommandLine;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary><c>stackmeta up</c>: all hops in one process, and the demo of them.</summary>
static class UpCommand
{
    public static Command Create(CommonOptions common)
    {
        var demo = new Option<bool>("--demo")
        {
            Description =
                "In a data folder of its own: make a network and two guests, and show how each asks and is answered",
        };
        var once = new Option<bool>("--once") { Description = "With --demo: check what is shown, clean up and end" };
        var command = new ExampleCommand(
            "up",
            "Run everything: networks with DHCP and a proxy each, the agent, the metadata API.",
            "stackmeta up",
            "stackmeta up --demo",
            "stackmeta up --data /srv/stackmeta --set api.listen=127.0.0.1:9775"
        )
        {
            demo,
            once,
        };
        var networks = new NetworkSourceOptions();
        networks.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(once) && !result.GetValue(demo))
            {
                result.AddError("--once goes with --demo.");
            }
        });
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var output = parsed.InvocationConfiguration.Output;
                if (!parsed.GetValue(demo))
                {
                    return await Service.RunAsync(
                        () => common.Read(parsed),
                        output,
                        (settings, supervisor, loggers, stopping) =>
                            StartAsync(settings, networks.Of(parsed), supervisor, loggers, stopping),
                        cancellationToken
                    );
                }
                using var signals = new StopSignals(cancellationToken);
                try
                {
                    return await RunDemoAsync(common.Read(parsed), parsed.GetValue(once), output, signals);
                }
                catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
                {
                    return ExitCodes.Done;
                }
            }
        );
        return command;
    }

    static async Task<IRunning> StartAsync(
        SettingValues settings,
        NetworkSource source,
        Supervisor supervisor,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    ) =>
        PrivilegedHalf.IsWanted(settings)
            ? await PrivilegedHalf.StartAsync(
                settings,
                source,
                isAllHops: true,
                supervisor,
                TimeProvider.System,
                loggers,
                cancellationToken
            )
            : await RunningPath.StartAsync(
                settings,
                DataFolder.Of(settings),
                Hops.All,
                source,
                supervisor,
                TimeProvider.System,
                loggers,
                cancellationToken
            );

    static async Task<int> RunDemoAsync(SettingValues settings, bool once, TextWriter output, StopSignals signals)
    {
        // What the demo makes must not mix with what is there, so its data is its own unless a folder is named.
        var own = settings.IsSet(KnownSettings.Data) ? null : Directory.CreateTempSubdirectory("stackmeta-demo-");
        if (own is not null)
        {
            own.UnixFileMode = DataFolder.Mode;
        }
        var folder = own is null ? DataFolder.Of(settings) : DataFolder.At(own.FullName, settings);
        // Nobody but its own agent asks its API, so it needs no port, which another program may have.
        var isAsked = settings.IsSet(KnownSettings.ApiListen) || settings.IsSet(KnownSettings.AgentApi);
        using var loggers = ProgramLog.Create(new LogThreshold(LogLevel.Warning));
        var guests = new List<GuestNamespace>();
        try
        {
            await output.WriteLineAsync("Starting the API, the agent and the edge …");
            await using var path = await RunningPath.StartAsync(
                isAsked ? settings : settings.WithDefault(KnownSettings.AgentApi, "in-process"),
                folder,
                isAsked ? Hops.All : Hops.Agent | Hops.Edge,
                NetworkSource.Inventory,
                new(TimeProvider.System, loggers.CreateLogger<Supervisor>()),
                TimeProvider.System,
                loggers,
                signals.Token
            );
            var demo = await DemoInventory.CreateAsync(path.Inventory, signals.Token);
            await path.WaitForNetworkAsync(demo.NetworkId, signals.Token);
            try
            {
                foreach (var guest in demo.Guests)
                {
                    guests.Add(
                        await GuestNamespace.CreateAsync(demo.NetworkId, guest.PortId, guest.Mac, mtu: 0, signals.Token)
                    );
                }
                var show = new DemoShow(output, demo);
                var wrong = await show.RunAsync(guests, signals.Token);
                if (once)
                {
                    return await JudgeAsync(wrong, output);
                }
                show.SayHowToAsk(guests);
                await signals.WaitAsync();
                return ExitCodes.Done;
            }
            finally
            {
                foreach (var guest in guests)
                {
                    await guest.DisposeAsync();
                }
            }
        }
        finally
        {
            own?.Delete(recursive: true);
        }
    }

    static async Task<int> JudgeAsync(IReadOnlyList<string> wrong, TextWriter output)
    {
        await output.WriteLineAsync();
        foreach (var sentence in wrong)
        {
            await output.WriteLineAsync($"WRONG: {sentence}");
        }
        if (wrong.Count > 0)
        {
            return ExitCodes.Failed;
        }
        await output.WriteLineAsync("Each guest was told who it is. Everything that was made is removed.");
        return ExitCodes.Done;
    }
}
