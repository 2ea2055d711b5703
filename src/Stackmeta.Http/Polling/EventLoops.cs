using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Http;

/// <summary>
/// A few threads that wait for any number of descriptors (epoll(7)). Each descriptor is waited for by one of them, or by all, of which one
/// is woken.
/// </summary>
/// <remarks>
/// A descriptor that is waited for costs the process one entry of a table: a thousand namespaces have thousands of them that hardly ever
/// have news.
/// </remarks>
public sealed class EventLoops : IDisposable
{
    /// <summary>
    /// Who is told, by the number that the kernel gives back. Numbers are not used again, so that none is told of another's descriptor.
    /// </summary>
    readonly ConcurrentDictionary<ulong, IPollable> _polled = new();

    readonly EventLoop[] _loops;
    readonly CancellationTokenSource _stop = new();

    // By Interlocked.
    ulong _lastNumber;

    /// <param name="count">Of threads.</param>
    /// <param name="name">Of each thread.</param>
    /// <param name="supervisor">Owns the threads.</param>
    public EventLoops(int count, string name, Supervisor supervisor)
    {
        Supervisor = supervisor;
        _loops = [.. Enumerable.Range(0, count).Select(_ => new EventLoop(this, name))];
        foreach (var loop in _loops)
        {
            loop.Start();
        }
    }

    /// <summary>Owns the threads, and the work that those who wait here begin.</summary>
    public Supervisor Supervisor { get; }

    /// <summary>For descriptors that hardly ever have news.</summary>
    public EventLoop First => _loops[0];

    /// <summary>Begins to wait for a descriptor in all threads: each event is told to one of them that is idle.</summary>
    /// <returns>The number to <see cref="RemoveFromAll"/>.</returns>
    /// <exception cref="Win32Exception">The kernel refuses: no memory, or too many (<c>fs.epoll.max_user_watches</c>).</exception>
    public ulong AddToAll(SafeHandle descriptor, PollEvents events, IPollable polled)
    {
        var number = Enter(polled);
        try
        {
            foreach (var loop in _loops)
            {
                loop.Control(SocketCalls.EpollAdd, descriptor, events | PollEvents.Exclusive, number);
            }
            return number;
        }
        catch
        {
            RemoveFromAll(descriptor, number);
            throw;
        }
    }

    /// <summary>
    /// Waits no more in any thread; needed before a descriptor is closed of which there may be copies. After <see cref="PassAsync"/>
    /// nothing is told any more.
    /// </summary>
    public void RemoveFromAll(SafeHandle descriptor, ulong number)
    {
        Forget(number);
        foreach (var loop in _loops)
        {
            loop.TryRemove(descriptor, number);
        }
    }

    /// <summary>Tells nobody any more; the kernel drops a descriptor by itself when it is closed.</summary>
    public void Forget(ulong number) => _polled.TryRemove(number, out _);

    /// <summary>Completes when everything that is being told now has been.</summary>
    public Task PassAsync() => Task.WhenAll(_loops.Select(static loop => loop.PassAsync()));

    internal CancellationToken Stopping => _stop.Token;

    internal ulong Enter(IPollable polled)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        _polled[number] = polled;
        return number;
    }

    internal IPollable? Find(ulong number) => _polled.GetValueOrDefault(number);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Array.ForEach(_loops, static loop => loop.BeginStop());
        Array.ForEach(_loops, static loop => loop.EndStop());
        _stop.Dispose();
    }
}
