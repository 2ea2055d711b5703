using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// Listens on a link-local address on the interface that has it, as long as it has it. The kernel makes sure at first
/// that no other host has it; if one has, the address is given up (LP#1953165).
/// </summary>
/// <param name="wanted">Address and port, without an interface.</param>
/// <param name="watch">Of the address; disposed of with this.</param>
/// <param name="accept">Begins to accept; owns the socket from there on.</param>
sealed class LinkLocalListener(
    IPEndPoint wanted,
    string @namespace,
    Ipv6Watch watch,
    INamespaceSockets sockets,
    Func<Socket, Acceptor> accept,
    Supervisor supervisor,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    /// <summary>Until an address that could not be listened on is tried again.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    readonly CancellationTokenSource _stop = new();

    /// <summary>Changes are followed one after another.</summary>
    readonly SemaphoreSlim _following = new(1);

    /// <summary>Set once, by who disposes of this.</summary>
    bool _isDisposed;

    // Written under the semaphore.
    int? _interface;
    volatile Acceptor? _accepting;

    /// <summary>Why IPv6 is not served; null when it is, or when no interface has the address.</summary>
    public string? Notice { get; private set; }

    /// <summary>Begins; returns when the address is listened on if it is there.</summary>
    public async Task StartAsync()
    {
        try
        {
            await watch.StartAsync(() => supervisor.Start("link-local address", FollowAsync));
            await FollowAsync();
        }
        catch (Exception e) when (e is SocketException or Win32Exception)
        {
            Notice = $"metadata over IPv4 only: the kernel tells nothing of IPv6 addresses ({e.Message})";
        }
    }

    async Task FollowAsync()
    {
        try
        {
            await _following.WaitAsync(_stop.Token);
            try
            {
                await FollowAsync(watch.Current);
            }
            finally
            {
                _following.Release();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The normal end.
        }
    }

    async Task FollowAsync(Ipv6Assignment? found)
    {
        if (found is { Detection: DuplicateDetection.Failed, InterfaceIndex: var taken })
        {
            Close();
            var device = watch.NameOf(taken);
            if (Notice is null)
            {
                Log.Ipv6AddressTaken(logger, @namespace, device, wanted.Address);
            }
            Notice = $"another host on the link of {device} has {wanted.Address}: metadata over IPv4 only";
            return;
        }
        try
        {
            if (found?.InterfaceIndex != _interface)
            {
                Close();
                if (found is { InterfaceIndex: var index })
                {
                    var address = new IPAddress(wanted.Address.GetAddressBytes(), index);
                    var socket = await sockets.ListenAsync(@namespace, new(address, wanted.Port), _stop.Token);
                    (_interface, _accepting) = (index, accept(socket));
                }
            }
            Notice = null;
        }
        catch (Exception e) when (e is EdgeException or SocketException or Win32Exception)
        {
            TryLater(e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException))
        {
            // Whatever it was: the kernel may not tell of the address again.
            supervisor.Report("link-local address", e);
            TryLater(e);
        }
    }

    void TryLater(Exception reason)
    {
        Close();
        Notice = reason.Message;
        supervisor.Start("link-local address", TryAgainAsync);
    }

    async Task TryAgainAsync()
    {
        await Task.Delay(Pause, time, CancellationToken.None);
        await FollowAsync();
    }

    /// <inheritdoc cref="Acceptor.AcceptPendingAsync"/>
    public Task AcceptPendingAsync(CancellationToken cancellationToken) =>
        _accepting?.AcceptPendingAsync(cancellationToken) ?? Task.CompletedTask;

    void Close()
    {
        _accepting?.Close();
        (_interface, _accepting) = (null, null);
    }

    /// <summary>Listens no longer. After <see cref="EventLoops.PassAsync"/> nothing is being accepted any more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        await _stop.CancelAsync();
        await _following.WaitAsync();
        Close();
        watch.Dispose();
        _stop.Dispose();
        _following.Dispose();
    }
}
