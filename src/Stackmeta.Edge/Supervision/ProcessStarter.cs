using System.Collections.Concurrent;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// Starts child processes from one thread that lives as long as the edge. The kernel's parent-death signal (prctl(2),
/// PR_SET_PDEATHSIG) follows the <em>thread</em> that forked: a child started by a pool thread would die with that thread.
/// </summary>
sealed class ProcessStarter : IDisposable
{
    readonly BlockingCollection<Action> _queue = [];
    readonly Thread _thread;

    readonly CancellationTokenSource _stop = new();

    /// <summary>Tells what the children say, and when they end.</summary>
    readonly EventLoops _loops;

    /// <param name="supervisor">Owns the threads.</param>
    public ProcessStarter(Supervisor supervisor, TimeProvider time)
    {
        Supervisor = supervisor;
        Lines = new(time);
        _loops = new(1, "children", supervisor);
        // One thread over all its failures: with it, all children would end.
        _thread = supervisor.StartThread("process starter", StartAll, _stop.Token);
    }

    /// <summary>Owns the threads here, and who follows a process.</summary>
    public Supervisor Supervisor { get; }

    /// <summary>How many lines of children are logged, all together: guests cause what dnsmasq and haproxy say.</summary>
    public LogThrottle Lines { get; }

    /// <summary>Starts a process.</summary>
    /// <param name="heard">Called with each line that it says, one after another; must not block.</param>
    /// <exception cref="EdgeException">The system refused.</exception>
    public Task<ChildProcess> StartAsync(Command command, Action<string> heard)
    {
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add(() =>
        {
            try
            {
                started.SetResult(ChildProcess.Start(command, _loops.First, heard));
            }
            catch (Exception e)
            {
                started.SetException(
                    e as EdgeException ?? new EdgeException($"{command.Program} did not start: {e.Message}", e)
                );
            }
        });
        return started.Task;
    }

    void StartAll(CancellationToken stop)
    {
        foreach (var start in _queue.GetConsumingEnumerable(CancellationToken.None))
        {
            start();
        }
    }

    /// <summary>Ends the thread, and with it every child that was not stopped before.</summary>
    public void Dispose()
    {
        // The thread ends because it is to, when it has started all that was asked for.
        _stop.Cancel();
        _queue.CompleteAdding();
        _thread.Join();
        _stop.Dispose();
        _queue.Dispose();
        _loops.Dispose();
    }
}
