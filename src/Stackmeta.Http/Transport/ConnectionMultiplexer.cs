using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Http;

/// <summary>
/// The one connection that Kestrel accepts: all callers' connections run within it. Kestrel hands each connection that it accepts to
/// another thread, which costs as much as answering; within this one, a connection begins and ends on the thread that accepted it, and
/// Kestrel's time limits and its stop reach it as they would otherwise.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Where connections that fail are told.</param>
public sealed class ConnectionMultiplexer(TimeProvider time, ILogger logger) : ConnectionContext
{
    readonly ConnectionLog _log = new(time, logger);
    readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource _closed = new();

    /// <summary>The connections that are open, each knowing the next; under the lock, as are its neighbours' links to each other.</summary>
    readonly Lock _linking = new();
    SocketConnection? _first;
    int _count;

    /// <summary>What is done with a connection that is Kestrel's; set once, when attached.</summary>
    ConnectionDelegate? _serve;

    // By Interlocked.
    long _lastNumber;
    int _evicted;

    volatile bool _isEnding;

    /// <summary>Completes when connections can be served.</summary>
    public Task Attached => _attached.Task;

    /// <summary>How many connections are open, or accepted at least.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there is one.</summary>
    public bool HasConnections => Count > 0;

    /// <summary>Of these, those that are ended so that others find room.</summary>
    internal int Evicted => Volatile.Read(ref _evicted);

    /// <summary>The connections that are open now.</summary>
    public IReadOnlyList<SocketConnection> Connections
    {
        get
        {
            var all = new List<SocketConnection>();
            lock (_linking)
            {
                for (var one = _first; one is not null; one = one.Next)
                {
                    all.Add(one);
                }
            }
            return all;
        }
    }

    /// <summary>Answers simple requests; set by the server before the multiplexer is attached.</summary>
    internal FastPath FastPath { get; set; } = null!;

    internal TimeProvider Time => time;

    /// <summary>Whether connections are to end with the answer under way.</summary>
    internal bool IsEnding => _isEnding;

    public override string ConnectionId { get; set; } = "multiplexer";

    /// <summary>Kestrel's own; the connections have them too.</summary>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport
    {
        get => throw new NotSupportedException("No byte goes through the multiplexer itself.");
        set => throw new NotSupportedException();
    }

    public override CancellationToken ConnectionClosed
    {
        get => _closed.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Connection middleware: what follows it is done with each connection within instead of with the multiplexer.</summary>
    internal ConnectionDelegate Around(ConnectionDelegate next) =>
        async _ =>
        {
            _serve = next;
            Features.GetRequiredFeature<IConnectionHeartbeatFeature>().OnHeartbeat(_ => TickHeartbeats(), this);
            var stop = Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().ConnectionClosedRequested;
            await using var stopping = stop.UnsafeRegister(_ => BeginEnd(), null);
            _attached.TrySetResult();
            await _allEnded.Task;
        };

    /// <summary>Counts a connection.</summary>
    /// <returns>Its number, never used again.</returns>
    internal long Enter(SocketConnection connection)
    {
        lock (_linking)
        {
            connection.Next = _first;
            _first?.Previous = connection;
            _first = connection;
            _count++;
            return ++_lastNumber;
        }
    }

    /// <summary>A connection has ended.</summary>
    internal void Leave(SocketConnection connection)
    {
        lock (_linking)
        {
            if (connection.Previous is { } previous)
            {
                previous.Next = connection.Next;
            }
            else
            {
                _first = connection.Next;
            }
            connection.Next?.Previous = connection.Previous;
            connection.Next = connection.Previous = null;
            _count--;
        }
        EndIfLast();
    }

    internal void CountEvicted(int change) => Interlocked.Add(ref _evicted, change);

    /// <summary>Has Kestrel serve a connection to its end; returns as soon as it waits.</summary>
    internal void Serve(SocketConnection connection)
    {
        if (_isEnding)
        {
            connection.Abort();
        }
        _ = ServeAsync(connection);
    }

    async Task ServeAsync(SocketConnection connection)
    {
        try
        {
            await _serve!(connection);
        }
        catch (Exception e)
        {
            _log.ConnectionFailed(connection.Place, e);
        }
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception e)
        {
            _log.ConnectionFailed(connection.Place, e);
        }
    }

    /// <summary>A response could not be sent.</summary>
    internal void TellFailure(SocketConnection connection, Exception exception) =>
        _log.AnswerFailed(connection.Place, exception);

    /// <summary>The kernel does not tell of a connection's news.</summary>
    internal void TellUnheard(SocketConnection connection, string reason) => _log.Unheard(connection.Place, reason);

    void TickHeartbeats()
    {
        var now = time.GetTimestamp();
        foreach (var connection in Connections)
        {
            connection.TickHeartbeat(now);
        }
    }

    /// <summary>Ends when the last connection has; Kestrel asks each of its own to end by itself.</summary>
    void BeginEnd()
    {
        _isEnding = true;
        foreach (var connection in Connections)
        {
            connection.EndIfIdle();
        }
        EndIfLast();
    }

    void EndIfLast()
    {
        if (_isEnding && !HasConnections)
        {
            _allEnded.TrySetResult();
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _isEnding = true;
        foreach (var connection in Connections)
        {
            connection.Abort();
        }
        EndIfLast();
    }

    public override ValueTask DisposeAsync()
    {
        _closed.Cancel();
        _closed.Dispose();
        return base.DisposeAsync();
    }
}
