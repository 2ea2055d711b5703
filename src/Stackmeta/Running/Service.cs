using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta;

/// <summary>The frame of every long-running command: its log, its signals, and what systemd is told.</summary>
/// <remarks>
/// <code>
///  start ──► until a guest could be answered: STATUS=Not ready: … ──► "Ready.", READY=1 ──► SIGHUP: RELOADING=1, new settings or none, READY=1
///                                   watchdog: WATCHDOG=1, STATUS=… while it lives
///                                   SIGTERM, SIGINT: STOPPING=1, requests under way end ──► end
/// </code>
/// </remarks>
static class Service
{
    static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    /// <summary>Runs something until a signal comes or it ends by itself.</summary>
    /// <param name="read">Reads the settings; again at each SIGHUP.</param>
    /// <param name="output">Gets "Ready.".</param>
    /// <param name="start">Starts it. Its loops are the same supervisor's as those here, so that readiness and the metrics show all of
    /// them.</param>
    /// <param name="cancellationToken">Ends it as a signal would.</param>
    /// <exception cref="CommandException">It ended because it cannot go on.</exception>
    public static async Task<int> RunAsync(
        Func<SettingValues> read,
        TextWriter output,
        Func<SettingValues, Supervisor, ILoggerFactory, CancellationToken, Task<IRunning>> start,
        CancellationToken cancellationToken
    )
    {
        using var signals = new StopSignals(cancellationToken);
        var settings = read();
        var threshold = new LogThreshold(settings.Get(KnownSettings.LogLevel));
        using var loggers = ProgramLog.Create(threshold, settings.Get(KnownSettings.LogFormat));
        var supervisor = new Supervisor(TimeProvider.System, loggers.CreateLogger<Supervisor>());
        using var unseen = new UnseenFailures(supervisor);
        using var manager = ServiceManager.Open(Environment.GetEnvironmentVariable, TimeProvider.System);
        // From the beginning on: a reload that is asked for during the start comes after it.
        using var reloads = new ReloadSignals(signals);
        try
        {
            await using var running = await start(settings, supervisor, loggers, signals.Token);
            await running.Started.WaitAsync(signals.Token);
            await WaitUntilReadyAsync(running, manager, loggers.CreateLogger("Stackmeta.Service"), signals.Token);
            StartMemory.GiveBack();
            if (running is not PrivilegedHalf)
            {
                // Of two halves, the other one says it.
                await output.WriteLineAsync("Ready.");
            }
            manager?.Ready();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(signals.Token);
            var reload = new Reloading(read, settings, running, threshold, manager, loggers);
            var reloading = supervisor.RunAsync("reload", stop => reload.RunAsync(reloads.Asked, stop), ending.Token);
            // While this loop fails systemd gets no sign of life, and ends the service if it goes on for long.
            var living = manager is null
                ? Task.CompletedTask
                : supervisor.RunAsync(
                    "watchdog",
                    stop => Watchdog.RunAsync(manager, running.AdminSockets, TimeProvider.System, stop),
                    ending.Token
                );
            try
            {
                await signals.WaitAsync(running);
            }
            finally
            {
                await ending.CancelAsync();
                await reloading;
                await living;
                manager?.Stopping();
            }
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            // Stopped while it was starting.
        }
        return ExitCodes.Done;
    }

    /// <summary>
    /// Waits for what the process needs from elsewhere: who is told that it is ready sends guests. It serves meanwhile what it can.
    /// </summary>
    static async Task WaitUntilReadyAsync(
        IRunning running,
        ServiceManager? manager,
        ILogger logger,
        CancellationToken cancellationToken
    )
    {
        string? told = null;
        for (var pause = FirstLook; !running.Ended.IsCompleted; pause = pause < LongestLook ? pause * 2 : LongestLook)
        {
            if (await running.FindUnreadyAsync(cancellationToken) is not { } reason)
            {
                return;
            }
            if (reason != told)
            {
                Log.NotReady(logger, reason);
                told = reason;
            }
            manager?.Starting(reason, LongestLook * 10);
            await Task.Delay(pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>
    /// SIGHUP: new settings are asked for. At a terminal it says that the terminal is gone, and then the program ends with it.
    /// </summary>
    sealed class ReloadSignals : IDisposable
    {
        // One that waits is enough: the reload that follows reads what is there by then.
        readonly Channel<bool> _asked = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        readonly PosixSignalRegistration _registration;

        public ReloadSignals(StopSignals stop)
        {
            var isAtTerminal = !Console.IsInputRedirected;
            _registration = PosixSignalRegistration.Create(
                PosixSignal.SIGHUP,
                signal =>
                {
                    signal.Cancel = true;
                    if (isAtTerminal)
                    {
                        stop.Stop();
                    }
                    else
                    {
                        _asked.Writer.TryWrite(true);
                    }
                }
            );
        }

        public ChannelReader<bool> Asked => _asked.Reader;

        public void Dispose() => _registration.Dispose();
    }
}
