using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Inventory;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>Each loop of the program itself fails once by something that it does not look for.</summary>
public sealed class TaskFailureTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-failing-").FullName;
    readonly CancellationTokenSource _stop = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    SettingValues Settings(params string[] assignments) =>
        SettingsReader.Read(
            null,
            new System.Collections.Hashtable { ["STACKMETA_CONFIG"] = NoSettings() },
            [$"data={_folder}", .. assignments]
        );

    // A file of this machine must not change what is tested.
    string NoSettings()
    {
        var file = Path.Combine(_folder, "settings.json");
        File.WriteAllText(file, "{}");
        return file;
    }

    /// <summary>
    /// The follower goes on by itself whatever the inventory does; the poll of SQLite fails here too, and is begun anew by the follower.
    /// What the follower does not look for is that it cannot even wait.
    /// </summary>
    [Fact]
    public async Task Who_follows_the_inventory_is_started_again_and_sees_what_changes_then()
    {
        using var seen = new SupervisedCase("inventory");
        var (polls, clock) = (new FailingClock(), new FailingClock());
        using var inventory = SqliteInventory.Open(Path.Combine(_folder, "inventory.db"), polls);
        var scopes = new ServedScopes();
        var follower = new InventoryFollower(inventory, clock, NullLogger.Instance) { Scopes = scopes };
        var running = seen.Supervisor.RunAsync("inventory", follower.RunAsync, _stop.Token);
        await follower.Settled.WaitAsync(Cancellation);
        clock.Timers.Arm();
        polls.Timers.Arm();
        await seen.SeeStartedAgainAsync();
        Assert.Equal((1, 1), (polls.Timers.Count, clock.Timers.Count));
        await SeesChangesAsync(inventory, scopes);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_poll_of_the_inventory_that_fails_is_begun_anew_and_sees_what_changes_then()
    {
        var polls = new FailingClock();
        using var inventory = SqliteInventory.Open(Path.Combine(_folder, "inventory.db"), polls);
        var scopes = new ServedScopes();
        using var log = new CollectingLogger();
        var follower = new InventoryFollower(inventory, TimeProvider.System, log) { Scopes = scopes };
        var running = follower.RunAsync(_stop.Token);
        await follower.Settled.WaitAsync(Cancellation);
        polls.Timers.Arm();
        await SupervisedCase.UntilAsync(() => polls.Timers.Count > 0, "a poll fails");
        await SeesChangesAsync(inventory, scopes);
        Assert.Contains(log.Lines, static line => line.Contains(FailsOnce.Message, StringComparison.Ordinal));
        await StopAsync(running);
    }

    static async Task SeesChangesAsync(SqliteInventory inventory, ServedScopes scopes)
    {
        var demo = await DemoInventory.CreateAsync(inventory, Cancellation);
        await SupervisedCase.UntilAsync(
            () => scopes.Contains(new(Edge.EdgeScopeKind.Network, demo.NetworkId)),
            "the change is seen"
        );
    }

    [Fact]
    public async Task Who_asks_the_socket_broker_is_started_again()
    {
        using var seen = new SupervisedCase("socket broker's client");
        var clock = new FailingClock();
        clock.Timers.Arm();
        var settings = Settings($"edge.opener={Path.Combine(_folder, "opener.sock")}");
        await using var sockets = await EdgeSockets.StartAsync(
            settings,
            DataFolder.Of(settings),
            seen.Supervisor,
            clock,
            NullLoggerFactory.Instance,
            Cancellation
        );
        await seen.SeeStartedAgainAsync();
    }

    [Fact]
    public async Task Who_tells_systemd_that_the_service_lives_is_started_again()
    {
        using var seen = new SupervisedCase("watchdog");
        var path = Path.Combine(_folder, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        using var manager = ServiceManager.Open(name => name == "NOTIFY_SOCKET" ? path : null, TimeProvider.System)!;
        var clock = new FailingClock();
        clock.Timers.Arm();
        var running = seen.Supervisor.RunAsync(
            "watchdog",
            stop => Watchdog.RunAsync(manager, [], clock, stop),
            _stop.Token
        );
        await seen.SeeStartedAgainAsync();
        await StopAsync(running);
    }

    /// <summary>All else that a reload can do is refused, and said.</summary>
    [Fact]
    public async Task Who_reads_the_settings_anew_is_started_again()
    {
        using var seen = new SupervisedCase("reload");
        var reads = new FailsOnce();
        var settings = Settings();
        var asked = Channel.CreateUnbounded<bool>();
        await using var path = new Unchanging();
        var read = 0;
        var reload = new Reloading(
            () =>
            {
                try
                {
                    reads.Pass();
                }
                catch (InvalidOperationException e)
                {
                    throw new OperationCanceledException(e.Message, e);
                }
                Interlocked.Increment(ref read);
                return settings;
            },
            settings,
            path,
            new LogThreshold(settings.Get(KnownSettings.LogLevel)),
            manager: null,
            NullLoggerFactory.Instance
        );
        var running = seen.Supervisor.RunAsync("reload", stop => reload.RunAsync(asked.Reader, stop), _stop.Token);
        reads.Arm();
        asked.Writer.TryWrite(true);
        await seen.SeeStartedAgainAsync();
        asked.Writer.TryWrite(true);
        await SupervisedCase.UntilAsync(() => Volatile.Read(ref read) == 1, "the settings are read");
        await StopAsync(running);
    }

    [Fact]
    public async Task A_task_that_nobody_waited_for_is_said()
    {
        using var seen = new SupervisedCase("task that nobody waited for");
        using var unseen = new UnseenFailures(seen.Supervisor);
        // The runtime tells of it when it collects it.
        await SupervisedCase.UntilAsync(
            () =>
            {
                if (seen.Supervisor.Counts.Count == 0)
                {
                    Forget();
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
                return seen.Supervisor.Counts.Count > 0;
            },
            "it is collected"
        );
        await seen.SeeReportedAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void Forget() => _ = Task.FromException(new InvalidOperationException(FailsOnce.Message));

    async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running;
    }

    sealed class Unchanging : IRunning
    {
        public Task Started => Task.CompletedTask;

        public Task Ended { get; } = new TaskCompletionSource().Task;

        public IReadOnlyList<string> AdminSockets => [];

        public Action PrepareReload(SettingValues settings) => static () => { };

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
