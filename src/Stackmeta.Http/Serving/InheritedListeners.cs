using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Http;

/// <summary>
/// Listens on sockets that the next process goes on with. Kestrel's own listener closes its socket while it waits on it, and what .NET
/// calls then to end the wait (shutdown(2)) ends the listening of every process that has the socket. Here the wait ends first. Also listens
/// on unix sockets, where Kestrel would ask for the peers' addresses (<see cref="UnixAcceptor"/>).
/// </summary>
/// <param name="open">Opens the socket of an address, listening.</param>
/// <param name="supervisor">Owns the threads that wait for unix sockets.</param>
/// <param name="loggers">The log.</param>
sealed class InheritedListeners(Func<EndPoint, Socket> open, Supervisor supervisor, ILoggerFactory loggers)
    : IConnectionListenerFactory,
        IListeners
{
    readonly SocketConnectionContextFactory _contexts = new(
        new(),
        loggers.CreateLogger<SocketConnectionContextFactory>()
    );

    // Accepted and not yet closed; by Interlocked.
    int _open;

    /// <summary>Connections that were accepted and are not closed yet, also those that the server has not begun with.</summary>
    public int OpenConnections => Volatile.Read(ref _open);

    /// <summary>Added to by Kestrel while the server starts, and by nobody later.</summary>
    readonly List<Listener> _listeners = [];

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            var socket = open(endpoint);
            var listener = new Listener(
                socket,
                socket.AddressFamily == AddressFamily.Unix ? new(socket, supervisor) : null,
                Connect
            );
            _listeners.Add(listener);
            return new(listener);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // What Kestrel makes its own sentence of.
            throw new AddressInUseException(e.Message, e);
        }
    }

    /// <summary>Accepts no more; what waits in the kernel is for the next process.</summary>
    public Task StopAcceptingAsync() =>
        Task.WhenAll(_listeners.Select(listener => listener.UnbindAsync(CancellationToken.None).AsTask()));

    ConnectionContext Connect(Socket accepted)
    {
        if (accepted.AddressFamily != AddressFamily.Unix)
        {
            accepted.NoDelay = true;
        }
        var connection = _contexts.Create(accepted);
        connection.Features.Set<IMemoryPoolFeature>(SharedMemory.Feature);
        Interlocked.Increment(ref _open);
        connection.ConnectionClosed.UnsafeRegister(
            static listeners => Interlocked.Decrement(ref ((InheritedListeners)listeners!)._open),
            this
        );
        return connection;
    }

    public void Dispose() => _contexts.Dispose();

    /// <param name="unix">Accepts on a unix socket; null for one of TCP.</param>
    sealed class Listener(Socket socket, UnixAcceptor? unix, Func<Socket, ConnectionContext> connect)
        : IConnectionListener
    {
        /// <summary>When this process has no descriptor left.</summary>
        static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

        readonly CancellationTokenSource _stop = new();

        /// <summary>Held by who accepts: Kestrel does so one by one.</summary>
        readonly SemaphoreSlim _accepting = new(1);

        /// <summary>By who holds <see cref="_accepting"/>.</summary>
        bool _isUnbound;

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            await _accepting.WaitAsync(CancellationToken.None);
            try
            {
                while (!_stop.IsCancellationRequested)
                {
                    try
                    {
                        return connect(
                            unix is null ? await socket.AcceptAsync(_stop.Token) : await unix.AcceptAsync(_stop.Token)
                        );
                    }
                    catch (SocketException)
                    {
                        // The peer was gone already, or this process has no descriptor left; neither ends the service.
                        await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // It was unbound.
            }
            finally
            {
                _accepting.Release();
            }
            return null;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _stop.CancelAsync();
            await _accepting.WaitAsync(CancellationToken.None);
            if (!_isUnbound)
            {
                _isUnbound = true;
                unix?.Dispose();
                socket.Dispose();
            }
            _accepting.Release();
        }

        public async ValueTask DisposeAsync() => await UnbindAsync();
    }
}
