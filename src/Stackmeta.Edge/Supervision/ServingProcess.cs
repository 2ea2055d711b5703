using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Edge;

/// <summary>
/// Keeps the process running that serves the guests, as a user without any right: starts it again when it ends, until it is
/// stopped. It outlives this process when that is killed, and serves on.
/// </summary>
public sealed class ServingProcess : IAsyncDisposable
{
    /// <summary>
    /// How often it may end soon after each start, if none of them ran for longer: what is wrong then is what it was told.
    /// </summary>
    const int MostFirstFailures = 5;

    /// <summary>Who runs for so long has served.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    readonly string[] _command;
    readonly IReadOnlyDictionary<string, string> _environment;
    readonly TimeSpan _stopPatience;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource<int> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _running;

    /// <summary>Its number while it runs, else 0; by Volatile.</summary>
    int _process;

    ServingProcess(
        string[] command,
        IReadOnlyDictionary<string, string> environment,
        TimeSpan stopPatience,
        Supervisor supervisor,
        TimeProvider time,
        ILogger<ServingProcess> logger
    )
    {
        _command = command;
        _environment = environment;
        _stopPatience = stopPatience;
        _time = time;
        _logger = logger;
        _running = supervisor.RunAsync("serving process", _ => RunAsync(), _stop.Token);
    }

    /// <summary>Ends, with its exit code, when it cannot be made to serve at all.</summary>
    public Task<int> Failed => _failed.Task;

    /// <summary>Starts it.</summary>
    /// <param name="user">Whom it runs as, with no capability and no way to gain one.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">All that it has of one. What systemd tells the service is for this process alone (sd_notify(3)).</param>
    /// <param name="stopPatience">How long it may take to end when it is asked to.</param>
    /// <param name="supervisor">Owns the loop that starts it again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets its ends and beginnings; what it logs itself goes where this process's does.</param>
    /// <exception cref="EdgeException">There is no such user, or setpriv is missing.</exception>
    public static ServingProcess Start(
        string user,
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        TimeSpan stopPatience,
        Supervisor supervisor,
        TimeProvider time,
        ILogger<ServingProcess> logger
    ) =>
        new(
            [.. UnprivilegedCommand.For(ServingUser.Find(user)), .. command],
            environment,
            stopPatience,
            supervisor,
            time,
            logger
        );

    async Task RunAsync()
    {
        var delay = RestartDelay.ForProcesses();
        var (failures, hasServed) = (0, false);
        while (!_stop.IsCancellationRequested)
        {
            var startedAt = _time.GetTimestamp();
            var code = await ServeAsync();
            if (_stop.IsCancellationRequested)
            {
                return;
            }
            hasServed |= _time.GetElapsedTime(startedAt) > Soon;
            if (!hasServed && ++failures == MostFirstFailures)
            {
                _failed.TrySetResult(code);
                // Not to be started again.
                await _stop.CancelAsync();
                return;
            }
            var pause = delay.After(_time.GetElapsedTime(startedAt));
            Log.ServingEnded(_logger, code, pause.TotalSeconds);
            await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>From a start to the end.</summary>
    /// <returns>The exit code.</returns>
    async Task<int> ServeAsync()
    {
        using var process = new Process
        {
            StartInfo = new(_command[0], _command[1..]) { UseShellExecute = false, WorkingDirectory = "/" },
        };
        process.StartInfo.Environment.Clear();
        foreach (var (name, text) in _environment)
        {
            process.StartInfo.Environment[name] = text;
        }
        try
        {
            process.Start();
            Volatile.Write(ref _process, process.Id);
        }
        catch (Win32Exception e)
        {
            Log.ServingNotStarted(_logger, e.Message);
            return 1;
        }
        try
        {
            var end = process.WaitForExitAsync(CancellationToken.None);
            var stopped = Task.Delay(Timeout.InfiniteTimeSpan, _time, _stop.Token);
            if (await Task.WhenAny(end, stopped) != end)
            {
                _ = Libc.Kill(process.Id, Libc.SigTerm);
                if (await Task.WhenAny(end, Task.Delay(_stopPatience, _time)) != end)
                {
                    _ = Libc.Kill(process.Id, Libc.SigKill);
                }
            }
            await end;
            return process.ExitCode;
        }
        finally
        {
            Volatile.Write(ref _process, 0);
            if (!process.HasExited)
            {
                // There must not be two of it.
                _ = Libc.Kill(process.Id, Libc.SigKill);
            }
        }
    }

    /// <summary>Has it read its settings anew; a process that is just being started reads them anyway.</summary>
    public void Reload()
    {
        if (Volatile.Read(ref _process) is not 0 and var process)
        {
            _ = Libc.Kill(process, Libc.SigHangUp);
        }
    }

    /// <summary>Ends it: its requests under way may end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }
}
