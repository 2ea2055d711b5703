using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace Stackmeta.Edge;

/// <summary>
/// Starts child processes from one thread that lives as long as the edge. The kernel's parent-death signal (prctl(2),
/// PR_SET_PDEATHSIG) follows the <em>thread</em> that forked: a child started by a pool thread would die with that thread.
/// </summary>
sealed class ProcessStarter : IDisposable
{
    readonly BlockingCollection<(Process Process, TaskCompletionSource Started)> _queue = [];
    readonly Thread _thread;

    public ProcessStarter()
    {
        _thread = new Thread(StartAll) { IsBackground = true, Name = "process starter" };
        _thread.Start();
    }

    /// <summary>Starts a process whose start information is set.</summary>
    /// <exception cref="EdgeException">The system refused.</exception>
    public async Task StartAsync(Process process)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((process, started));
        await started.Task;
    }

    void StartAll()
    {
        foreach (var (process, started) in _queue.GetConsumingEnumerable())
        {
            try
            {
                process.Start();
                started.SetResult();
            }
            catch (Exception e) when (e is Win32Exception or InvalidOperationException)
            {
                started.SetException(new EdgeException($"{process.StartInfo.FileName} did not start: {e.Message}", e));
            }
        }
    }

    /// <summary>Ends the thread, and with it every child that was not stopped before.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }
}
