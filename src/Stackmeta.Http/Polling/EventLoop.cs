using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Stackmeta.Http;

/// <summary>
/// One thread that waits for descriptors and tells who is concerned, those that are served in turns one after another; one of
/// <see cref="EventLoops"/>.
/// </summary>
public sealed class EventLoop
{
    const int MostAtOnce = 128;

    /// <summary>A look costs a fraction of an answer; who comes meanwhile waits for one answer more at most.</summary>
    const int TurnsBetweenLooks = 2;

    /// <summary>The number of the loop's own descriptor, by which it is woken.</summary>
    const ulong Self = 0;

    // struct epoll_event is packed on x86-64 only (linux/eventpoll.h).
    static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    static readonly int NumberOffset = EventSize - sizeof(ulong);

    readonly EventLoops _all;
    readonly Descriptor _epoll = Descriptor.Checked(SocketCalls.EpollCreate(SocketCalls.CloseOnExec), "epoll_create1");
    readonly Descriptor _wake = Descriptor.Checked(SocketCalls.EventDescriptor(0, SocketCalls.CloseOnExec), "eventfd");
    readonly string _name;

    // Set once, by Start.
    Thread? _thread;

    /// <summary>Who wants to know that the loop has come round.</summary>
    readonly ConcurrentQueue<TaskCompletionSource> _passing = new();

    /// <summary>Whose turn it is. Used by the loop's thread only.</summary>
    readonly FairScheduler _turns = new();

    /// <summary>Who has asked for a turn from another thread.</summary>
    readonly ConcurrentQueue<IWorkItem> _asked = new();

    internal EventLoop(EventLoops all, string name)
    {
        (_all, _name) = (all, name);
        Control(SocketCalls.EpollAdd, _wake, PollEvents.Readable, Self);
    }

    /// <summary>Room for what is received and looked at within one turn. Used by the loop's thread only.</summary>
    internal byte[] Scratch { get; } = new byte[4096];

    /// <summary>Whether the caller is on this loop's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    internal void Start() => _thread = _all.Supervisor.StartThread($"event loop ({_name})", Run, _all.Stopping);

    /// <summary>Begins to wait for a descriptor. What has happened before is told too.</summary>
    /// <param name="number">To <see cref="Change"/> and <see cref="Remove"/>; set before anything is told.</param>
    /// <exception cref="Win32Exception">The kernel refuses: no memory, or too many (<c>fs.epoll.max_user_watches</c>).</exception>
    public void Add(SafeHandle descriptor, PollEvents events, IPollable polled, out ulong number)
    {
        number = _all.Enter(polled);
        try
        {
            Control(SocketCalls.EpollAdd, descriptor, events, number);
        }
        catch
        {
            _all.Forget(number);
            throw;
        }
    }

    /// <summary>Waits for other events of a descriptor. Those that are there already are told.</summary>
    public void Change(SafeHandle descriptor, PollEvents events, ulong number) =>
        Control(SocketCalls.EpollModify, descriptor, events, number);

    /// <summary>Waits no more; needed where copies of the descriptor may stay open.</summary>
    public void Remove(SafeHandle descriptor, ulong number)
    {
        _all.Forget(number);
        TryRemove(descriptor, number);
    }

    internal void TryRemove(SafeHandle descriptor, ulong number)
    {
        try
        {
            Control(SocketCalls.EpollRemove, descriptor, PollEvents.None, number);
        }
        catch (Win32Exception)
        {
            // It was never added, or not any more.
        }
    }

    /// <inheritdoc cref="EventLoops.Forget"/>
    public void Forget(ulong number) => _all.Forget(number);

    /// <summary>Tells of events when its turn has come. From this loop's thread only.</summary>
    public void Enqueue(IWorkItem taker, PollEvents events) => _turns.Add(taker, events);

    /// <summary>As <see cref="Enqueue"/>, of nothing in particular.</summary>
    internal void EnqueueFromAnywhere(IWorkItem taker)
    {
        if (IsCurrent)
        {
            Enqueue(taker, PollEvents.None);
            return;
        }
        _asked.Enqueue(taker);
        Wake();
    }

    internal void Control(int operation, SafeHandle descriptor, PollEvents events, ulong number)
    {
        Span<byte> change = stackalloc byte[16];
        BitConverter.TryWriteBytes(change, (uint)events);
        BitConverter.TryWriteBytes(change[NumberOffset..], number);
        if (SocketCalls.EpollControl(_epoll, operation, descriptor, ref change[0]) != 0)
        {
            throw new Win32Exception(
                Marshal.GetLastPInvokeError(),
                $"epoll_ctl: {Marshal.GetLastPInvokeErrorMessage()}"
            );
        }
    }

    /// <summary>Completes when what the thread does now is done.</summary>
    internal Task PassAsync()
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _passing.Enqueue(passed);
        Wake();
        return passed.Task;
    }

    /// <summary>Has the thread look whether it is to end.</summary>
    internal void BeginStop() => Wake();

    /// <summary>Returns when the thread has ended; on the thread itself, which ends after its caller, at once.</summary>
    internal void EndStop()
    {
        if (!IsCurrent)
        {
            _thread?.Join();
        }
        _epoll.Dispose();
        _wake.Dispose();
        Pass();
    }

    void Wake()
    {
        var one = 1ul;
        // It cannot fail: the counter would have to be full.
        _ = SocketCalls.Write(_wake, ref one, sizeof(ulong));
    }

    void Run(CancellationToken stop)
    {
        Span<byte> events = stackalloc byte[MostAtOnce * EventSize];
        while (!stop.IsCancellationRequested)
        {
            var count = SocketCalls.EpollWait(_epoll, ref events[0], MostAtOnce, _turns.IsEmpty ? -1 : 0);
            if (count < 0 && Marshal.GetLastPInvokeError() is var error and not SocketCalls.Interrupted)
            {
                throw new Win32Exception(error);
            }
            for (var i = 0; i < count; i++)
            {
                var happened = events[(i * EventSize)..];
                Tell(BitConverter.ToUInt64(happened[NumberOffset..]), (PollEvents)BitConverter.ToUInt32(happened));
            }
            // Then whoever has come meanwhile is looked for.
            for (var turn = 0; turn < TurnsBetweenLooks && _turns.Take(out var untold) is { } taker; turn++)
            {
                Tell(taker, untold);
            }
            Pass();
        }
    }

    void Tell(ulong number, PollEvents events)
    {
        if (number == Self)
        {
            var counter = 0ul;
            _ = SocketCalls.Read(_wake, ref counter, sizeof(ulong));
        }
        // Somebody else may have forgotten it since the kernel told of it.
        else if (_all.Find(number) is { } polled)
        {
            if (polled is IWorkItem taker)
            {
                _turns.Add(taker, events);
            }
            else
            {
                Tell(polled, events);
            }
        }
    }

    /// <summary>One that fails must not take the others of this thread with it.</summary>
    void Tell(IPollable polled, PollEvents events)
    {
        try
        {
            polled.OnReady(this, events);
        }
        catch (Exception e)
        {
            _all.Supervisor.Report($"event of {_name}", e);
            polled.Failed();
        }
    }

    void Pass()
    {
        while (_asked.TryDequeue(out var taker))
        {
            _turns.Add(taker, PollEvents.None);
        }
        while (_passing.TryDequeue(out var passed))
        {
            passed.SetResult();
        }
    }
}
