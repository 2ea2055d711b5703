using System.Collections.Concurrent;
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

    /// <summary>Tells what the children say, and when they end.</summary>
    readonly EventLoops _loops = new(1, "children");

    public ProcessStarter()
    {
        _thread = new Thread(StartAll) { IsBackground = true, Name = "process starter" };
        _thread.Start();
    }

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
            catch (EdgeException e)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }

    void StartAll()
    {
        foreach (var start in _queue.GetConsumingEnumerable())
        {
            start();
        }
    }

    /// <summary>Ends the thread, and with it every child that was not stopped before.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _loops.Dispose();
    }
}
