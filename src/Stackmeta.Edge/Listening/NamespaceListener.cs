using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>The listening sockets of one namespace and the connections that came through them.</summary>
/// <param name="sockets">Where they are had from.</param>
/// <param name="accept">Takes an accepted socket; what it returns is kept until it is closed. Null: the socket was turned away.</param>
sealed class NamespaceListener(
    ServedNamespace served,
    INamespaceSockets sockets,
    Func<Socket, NamespaceListener, ConnectionContext?> accept,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    /// <summary>Until an IPv6 address that could not be listened on is tried again.</summary>
    static readonly TimeSpan Ipv6Pause = TimeSpan.FromSeconds(10);

    /// <summary>After an accept that failed for want of descriptors or memory.</summary>
    static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentDictionary<ConnectionContext, byte> _connections = new();
    readonly List<Task> _loops = [];

    /// <summary>Set once, by <see cref="DisposeAsync"/>: what is accepted at that moment is ended too.</summary>
    volatile bool _isClosed;

    public EdgeScope Scope => served.Scope;

    public ServedNamespace Served => served;

    /// <summary>Why IPv6 is not served although it was asked for; null when it is, or when no interface has the address.</summary>
    public string? Notice { get; private set; }

    /// <summary>Opens the sockets and begins to accept; returns when every address that is there is listened on.</summary>
    /// <exception cref="EdgeException">A socket cannot be had; none is open then.</exception>
    public async Task StartAsync()
    {
        var possible = served.EndPoints.Where(IsPossible).ToLookup(endPoint => endPoint.Address.IsIPv6LinkLocal);
        var opened = new List<Socket>();
        var watches = new List<(IPEndPoint EndPoint, Ipv6Watch Watch)>();
        try
        {
            foreach (var endPoint in possible[false])
            {
                opened.Add(await sockets.ListenAsync(served.Name, endPoint, _stop.Token));
            }
            foreach (var endPoint in possible[true])
            {
                var socket = await sockets.WatchIpv6Async(served.Name, _stop.Token);
                watches.Add((endPoint, new(socket, endPoint.Address)));
            }
        }
        catch (EdgeException)
        {
            opened.ForEach(socket => socket.Dispose());
            watches.ForEach(watch => watch.Watch.Dispose());
            throw;
        }
        _loops.AddRange(opened.Select(socket => AcceptAllAsync(socket, _stop.Token)));
        foreach (var (endPoint, watch) in watches)
        {
            var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _loops.Add(FollowIpv6Async(endPoint, watch, settled));
            await settled.Task;
        }
    }

    static bool IsPossible(IPEndPoint endPoint) =>
        endPoint.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6;

    async Task AcceptAllAsync(Socket listening, CancellationToken stop)
    {
        using var _ = listening;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Keep(await listening.AcceptAsync(stop));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // The peer was gone already, or this process has no descriptor left; neither ends the service.
                Log.AcceptFailed(logger, served.Name, e.SocketErrorCode);
                await Task.Delay(AcceptPause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    void Keep(Socket socket)
    {
        if (accept(socket, this) is not { } connection)
        {
            return;
        }
        _connections.TryAdd(connection, 0);
        connection.ConnectionClosed.UnsafeRegister(_ => _connections.TryRemove(connection, out byte _), null);
        if (_isClosed)
        {
            connection.Abort();
        }
    }

    /// <summary>
    /// Listens on a link-local address on the interface that has it, as long as it has it. The kernel makes sure at first
    /// that no other host has it; if one has, the address is given up (LP#1953165).
    /// </summary>
    async Task FollowIpv6Async(IPEndPoint wanted, Ipv6Watch watch, TaskCompletionSource settled)
    {
        using var _ = watch;
        var open = new LinkLocalSocket(wanted, AcceptAllAsync);
        try
        {
            await watch.AskAsync(_stop.Token);
            for (var next = watch.NextAsync(_stop.Token); ; )
            {
                var pause = await TryFollowAsync(open, watch) ? Timeout.InfiniteTimeSpan : Ipv6Pause;
                settled.TrySetResult();
                await Task.WhenAny(next, Task.Delay(pause, time, _stop.Token));
                if (next.IsCompleted)
                {
                    await next;
                    next = watch.NextAsync(_stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }
        catch (SocketException e)
        {
            Notice = $"metadata over IPv4 only: the kernel tells nothing of IPv6 addresses ({e.Message})";
        }
        finally
        {
            settled.TrySetResult();
            await open.CloseAsync();
        }
    }

    async Task<bool> TryFollowAsync(LinkLocalSocket open, Ipv6Watch watch)
    {
        var found = watch.Current;
        if (found is { Detection: DuplicateDetection.Failed, InterfaceIndex: var index })
        {
            await open.CloseAsync();
            var device = watch.NameOf(index);
            if (Notice is null)
            {
                Log.Ipv6AddressTaken(logger, served.Name, device, open.Address);
            }
            Notice = $"another host on the link of {device} has {open.Address}: metadata over IPv4 only";
            return true;
        }
        try
        {
            await open.MoveAsync(found?.InterfaceIndex, served.Name, sockets, _stop.Token);
            Notice = null;
            return true;
        }
        catch (EdgeException e)
        {
            Notice = e.Message;
            return false;
        }
    }

    /// <summary>Accepts no more; what was accepted goes on, and what waits in the kernel is for another process that has the sockets.</summary>
    public async Task StopAcceptingAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
    }

    /// <summary>Closes the sockets and ends the connections at once: any of them would keep the namespace alive.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync();
        _isClosed = true;
        foreach (var connection in _connections.Keys)
        {
            connection.Abort();
        }
        _stop.Dispose();
    }
}
