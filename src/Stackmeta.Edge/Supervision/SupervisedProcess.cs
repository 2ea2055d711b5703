using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Edge;

/// <summary>
/// Keeps one process running: starts it, notices its end, starts it again after a growing delay, and ends it when asked.
/// </summary>
/// <param name="changed">Told whenever <see cref="Fault"/> changes; must not block.</param>
sealed class SupervisedProcess(
    ProcessDefinition definition,
    ProcessStarter starter,
    TimeProvider time,
    ILogger logger,
    Action changed
) : IAsyncDisposable
{
    static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan LateReadyPoll = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly RestartDelay _delay = RestartDelay.ForProcesses();
    Task _run = Task.CompletedTask;

    // Written by the run loop only; read by anyone.
    volatile ChildProcess? _running;
    volatile string? _fault = "has not started yet";
    volatile string? _lastLine;

    public ProcessDefinition Definition => definition;

    /// <summary>Why it does not serve; null while it does.</summary>
    public string? Fault => _fault;

    /// <summary>Starts, and waits until the process serves or has failed once.</summary>
    public async Task StartAsync()
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _run = starter.Supervisor.RunAsync(
            "child process",
            _ => RunAsync(settled),
            _stop.Token,
            $"{definition.Program} in {definition.Namespace}"
        );
        await settled.Task;
    }

    /// <summary>Sends a signal, if the process is ready for it: before that, the default action would end it.</summary>
    public void Signal(int signal)
    {
        if (_fault is null && _running is { } process)
        {
            _ = Libc.Kill(process.Id, signal);
        }
    }

    async Task RunAsync(TaskCompletionSource settled)
    {
        while (!_stop.IsCancellationRequested)
        {
            var startedAt = time.GetTimestamp();
            string reason;
            try
            {
                _lastLine = null;
                using var process = await starter.StartAsync(definition.ToCommand(), Heard);
                reason = await ServeAsync(process, settled);
            }
            catch (EdgeException e)
            {
                reason = e.Message;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The supervisor begins anew; who waits for this start is told meanwhile.
                SetFault(e.Message);
                settled.TrySetResult();
                throw;
            }
            if (_stop.IsCancellationRequested)
            {
                break;
            }
            var delay = _delay.After(time.GetElapsedTime(startedAt));
            Log.ProcessEnded(logger, definition.Program, definition.Namespace, reason, delay.TotalSeconds);
            SetFault(reason);
            settled.TrySetResult();
            await Task.Delay(delay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        settled.TrySetResult();
    }

    /// <summary>From the start of a process to its end.</summary>
    /// <returns>How it ended.</returns>
    async Task<string> ServeAsync(ChildProcess process, TaskCompletionSource settled)
    {
        _running = process;
        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var ready = WaitUntilReadyAsync(process, settled, ended.Token);
            await Task.WhenAny(process.Ended, _stopped.Task);
            await ended.CancelAsync();
            await ready;
            if (_stop.IsCancellationRequested)
            {
                await EndAsync(process);
            }
            return DescribeEnd(await process.Ended);
        }
        finally
        {
            if (!process.Ended.IsCompleted)
            {
                // There must not be two of it.
                _ = Libc.Kill(process.Id, Libc.SigKill);
            }
            _running = null;
        }
    }

    async Task WaitUntilReadyAsync(ChildProcess process, TaskCompletionSource settled, CancellationToken ended)
    {
        var since = time.GetTimestamp();
        var poll = ReadyPoll;
        while (!ended.IsCancellationRequested)
        {
            var ports = definition.Ports.Select(port => ProcessTable.HasPort(process.Id, port)).ToList();
            if (ports.Any(static port => port.IsFound(out var isThere) && isThere))
            {
                process.HasBegun();
                Log.ProcessServes(logger, definition.Program, definition.Namespace, process.Id);
                SetFault(null);
                settled.TrySetResult();
                return;
            }
            if (poll == ReadyPoll && time.GetElapsedTime(since) > ReadyPatience)
            {
                poll = LateReadyPoll;
                SetFault(
                    ports.Select(static port => port.Reason).FirstOrDefault(static reason => reason is not null)
                        is { } unknown
                        ? $"cannot be looked at: {unknown}"
                        : $"has not opened its port for {ReadyPatience.TotalSeconds} s"
                );
                settled.TrySetResult();
            }
            await Task.Delay(poll, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task EndAsync(ChildProcess process)
    {
        _ = Libc.Kill(process.Id, Libc.SigTerm);
        await Task.WhenAny(process.Ended, Task.Delay(StopPatience, time));
        if (!process.Ended.IsCompleted)
        {
            _ = Libc.Kill(process.Id, Libc.SigKill);
        }
    }

    void Heard(string line)
    {
        _lastLine = line;
        if (logger.IsEnabled(LogLevel.Debug) && starter.Lines.MayWrite(out var suppressed))
        {
            Log.ProcessSaid(logger, definition.Program, definition.Namespace, line, suppressed);
        }
    }

    void SetFault(string? fault)
    {
        _fault = fault;
        changed();
    }

    /// <summary>.NET reports an end by signal N as 128 + N, as shells do. What it said last is why it ended by itself.</summary>
    string DescribeEnd(int exitCode) =>
        exitCode > 128 ? $"ended with signal {exitCode - 128}"
        : _lastLine is { } line ? $"ended with exit code {exitCode}: {line}"
        : $"ended with exit code {exitCode}";

    /// <summary>Ends the process: SIGTERM, and SIGKILL if it does not heed it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _stopped.TrySetResult();
        await _run;
        _stop.Dispose();
    }
}
