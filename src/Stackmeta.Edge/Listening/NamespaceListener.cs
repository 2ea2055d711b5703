using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>The listening sockets of one namespace and the connections that came through them.</summary>
/// <param name="accept">Takes an accepted socket; what it returns is kept until it is closed. Null: the socket was turned away.</param>
sealed class NamespaceListener(
    ServedNamespace served,
    Func<Socket, NamespaceListener, ConnectionContext?> accept,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    /// <summary>How soon an IPv6 address is looked at again that is not certain yet; others ever more rarely.</summary>
    static readonly TimeSpan FirstIpv6Poll = TimeSpan.FromMilliseconds(250);

    static readonly TimeSpan LongestIpv6Poll = TimeSpan.FromMinutes(1);

    /// <summary>After an accept that failed for want of descriptors or memory.</summary>
    static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentDictionary<ConnectionContext, byte> _connections = new();
    readonly List<Task> _loops = [];

    public EdgeScope Scope => served.Scope;

    public ServedNamespace Served => served;

    /// <summary>Why IPv6 is not served although it was asked for; null when it is, or when no interface has the address.</summary>
    public string? Notice { get; private set; }

    /// <summary>Opens the sockets and begins to accept.</summary>
    /// <exception cref="EdgeException">A socket cannot be had; none is open then.</exception>
    public void Start()
    {
        var sockets = new List<Socket>();
        try
        {
            foreach (
                var endPoint in served.EndPoints.Where(endPoint =>
                    !endPoint.Address.IsIPv6LinkLocal && IsPossible(endPoint)
                )
            )
            {
                sockets.Add(ListeningSocket.Open(served.Name, endPoint));
            }
        }
        catch (EdgeException)
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
        _loops.AddRange(sockets.Select(socket => AcceptAllAsync(socket, _stop.Token)));
        _loops.AddRange(
            served
                .EndPoints.Where(endPoint => endPoint.Address.IsIPv6LinkLocal && IsPossible(endPoint))
                .Select(FollowIpv6Async)
        );
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
        if (_stop.IsCancellationRequested)
        {
            connection.Abort();
        }
    }

    /// <summary>
    /// Listens on a link-local address on the interface that has it, as long as it has it. The kernel makes sure at first
    /// that no other host has it; if one has, the address is given up (LP#1953165).
    /// </summary>
    async Task FollowIpv6Async(IPEndPoint wanted)
    {
        var current = default(Ipv6Assignment);
        (Task Accepting, CancellationTokenSource Stop)? open = null;
        var delay = FirstIpv6Poll;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var found = NamespaceIpv6
                    .Read(served.Name)
                    .FirstOrDefault(assignment => assignment.Address.Equals(wanted.Address));
                if (
                    open is not null
                    && (found.InterfaceIndex != current.InterfaceIndex || found.Detection == DuplicateDetection.Failed)
                )
                {
                    await CloseAsync(open.Value);
                    open = null;
                }
                if (found.Detection == DuplicateDetection.Failed && current.Detection != DuplicateDetection.Failed)
                {
                    Log.Ipv6AddressTaken(logger, served.Name, found.Device, wanted.Address);
                }
                if (open is null && found.Device is not null && found.Detection != DuplicateDetection.Failed)
                {
                    var address = new IPAddress(wanted.Address.GetAddressBytes(), found.InterfaceIndex);
                    var socket = ListeningSocket.Open(served.Name, new(address, wanted.Port));
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                    open = (AcceptAllAsync(socket, stop.Token), stop);
                }
                Notice =
                    found.Detection == DuplicateDetection.Failed
                        ? $"another host on the link of {found.Device} has {wanted.Address}: metadata over IPv4 only"
                        : null;
                current = found;
            }
            catch (EdgeException e)
            {
                Notice = e.Message;
            }
            delay =
                current.Detection == DuplicateDetection.Running ? FirstIpv6Poll
                : delay * 2 < LongestIpv6Poll ? delay * 2
                : LongestIpv6Poll;
            await Task.Delay(delay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (open is { } last)
        {
            await CloseAsync(last);
        }
    }

    static async Task CloseAsync((Task Accepting, CancellationTokenSource Stop) open)
    {
        await open.Stop.CancelAsync();
        await open.Accepting;
        open.Stop.Dispose();
    }

    /// <summary>Closes the sockets and ends the connections at once: any of them would keep the namespace alive.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        foreach (var connection in _connections.Keys)
        {
            connection.Abort();
        }
        _stop.Dispose();
    }
}
