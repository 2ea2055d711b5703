using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Core.Supervision;

/// <summary>
/// Owns the loops and background tasks of the process. None of them ends by an exception that nobody sees: a loop is started again after a
/// growing wait, work that is not repeated is logged and counted, and while a loop is down the process is not ready.
/// </summary>
/// <remarks>
/// Names are few and say what kind of work it is: they are values of a metric's label. What tells two loops of a name apart is the place,
/// which only the log and readiness show.
/// </remarks>
public sealed class Supervisor(TimeProvider time, ILogger<Supervisor> logger)
{
    readonly ConcurrentDictionary<string, SupervisedTask> _tasks = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<LoopWatch, bool> _loops = new();

    /// <summary>Runs a loop until the token fires; whenever it fails or ends by itself before, it is started again.</summary>
    /// <param name="name">What kind of loop; one of few.</param>
    /// <param name="loop">Starts from the beginning each time, so it must give back what it took when it fails.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="place">Which of its kind, for example a namespace.</param>
    /// <returns>Ends when the loop has ended; never fails.</returns>
    public async Task RunAsync(
        string name,
        Func<CancellationToken, Task> loop,
        CancellationToken stop,
        string? place = null
    )
    {
        using var watch = Watch(name, place);
        while (!stop.IsCancellationRequested)
        {
            Exception? failure = null;
            try
            {
                watch.Begin();
                await loop(stop);
            }
            catch (Exception e)
            {
                failure = e;
            }
            if (stop.IsCancellationRequested)
            {
                ReportAtEnd(name, failure);
                break;
            }
            await Task.Delay(watch.Fail(failure), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Forget(watch);
    }

    /// <summary>As <see cref="RunAsync"/>, on a thread of its own, which stays the same one over all starts.</summary>
    /// <param name="name">What kind of loop; also the thread's name.</param>
    /// <param name="loop">Returns once the token has fired.</param>
    /// <param name="stop">Ends it.</param>
    public Thread StartThread(string name, Action<CancellationToken> loop, CancellationToken stop)
    {
        var thread = new Thread(() => RunOnThread(name, loop, stop)) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    void RunOnThread(string name, Action<CancellationToken> loop, CancellationToken stop)
    {
        using var watch = Watch(name, null);
        while (!stop.IsCancellationRequested)
        {
            Exception? failure = null;
            try
            {
                watch.Begin();
                loop(stop);
            }
            catch (Exception e)
            {
                failure = e;
            }
            if (stop.IsCancellationRequested)
            {
                ReportAtEnd(name, failure);
                break;
            }
            Wait(watch.Fail(failure), stop);
        }
        Forget(watch);
    }

    void ReportAtEnd(string name, Exception? failure)
    {
        if (failure is not null and not OperationCanceledException)
        {
            Report(name, failure);
        }
    }

    void Wait(TimeSpan delay, CancellationToken stop)
    {
        using var over = new ManualResetEventSlim();
        using var timer = time.CreateTimer(
            static over => ((ManualResetEventSlim)over!).Set(),
            over,
            delay,
            Timeout.InfiniteTimeSpan
        );
        using var stopping = stop.UnsafeRegister(static over => ((ManualResetEventSlim)over!).Set(), over);
        over.Wait(CancellationToken.None);
    }

    /// <summary>Starts work that nobody waits for. If it fails, that is logged and counted.</summary>
    /// <param name="name">What kind of work; one of few.</param>
    /// <param name="work">Runs on the caller's thread until it first waits.</param>
    public void Start(string name, Func<Task> work)
    {
        var task = TaskOf(name);
        _ = SeeAsync();

        async Task SeeAsync()
        {
            try
            {
                await work();
            }
            catch (Exception e)
            {
                task.WorkFailed(e);
            }
        }
    }

    /// <summary>Logs and counts a failure that was seen where it happened, and that nothing is started again for.</summary>
    public void Report(string name, Exception failure) => TaskOf(name).WorkFailed(failure);

    /// <summary>What does not run now and should.</summary>
    public IReadOnlyList<string> Down =>
        [.. _loops.Keys.Where(static loop => loop.IsDown).Select(static loop => loop.Name)];

    /// <summary>The counts, by name.</summary>
    public IReadOnlyList<SupervisedCount> Counts =>
        [
            .. _tasks.Values.Select(static task => new SupervisedCount(
                task.Name,
                task.Restarts,
                task.Failures,
                task.Down
            )),
        ];

    LoopWatch Watch(string name, string? place)
    {
        var watch = new LoopWatch(TaskOf(name), place is null ? "" : $" ({place})", time);
        _loops[watch] = true;
        return watch;
    }

    void Forget(LoopWatch watch) => _loops.TryRemove(watch, out _);

    SupervisedTask TaskOf(string name) =>
        _tasks.GetOrAdd(
            name,
            static (name, own) => new(name, own.Time, own.Logger),
            (Time: time, Logger: (ILogger)logger)
        );
}

/// <summary>How often tasks of a name failed.</summary>
/// <param name="Name">Of the task.</param>
/// <param name="Restarts">Starts after a failure.</param>
/// <param name="Failures">All failures, also of work that is not started again.</param>
/// <param name="Down">Loops of the name that do not run now.</param>
public readonly record struct SupervisedCount(string Name, long Restarts, long Failures, int Down);
