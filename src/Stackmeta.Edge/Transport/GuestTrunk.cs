using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// The one connection that Kestrel accepts: all guests' connections run within it. Kestrel hands each connection that it accepts to another
/// thread, which costs as much as answering; within this one, a guest's connection begins and ends on the thread that accepted it, and
/// Kestrel's time limits and its stop reach it as they would otherwise.
/// </summary>
sealed class GuestTrunk(ILogger logger) : ConnectionContext
{
    readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ConcurrentDictionary<GuestConnection, byte> _guests = new();
    readonly CancellationTokenSource _closed = new();

    /// <summary>What is done with a guest's connection; set once, when attached.</summary>
    ConnectionDelegate? _serve;

    // By Interlocked.
    long _lastGuest;

    volatile bool _isEnding;

    /// <summary>Completes when guests can be served.</summary>
    public Task Attached => _attached.Task;

    /// <summary>Whether a guest's connection is open, or accepted at least.</summary>
    public bool HasGuests => !_guests.IsEmpty;

    /// <summary>The guests' connections that are open now.</summary>
    public IEnumerable<GuestConnection> Guests => _guests.Keys;

    public override string ConnectionId { get; set; } = "guests";

    /// <summary>Kestrel's own; guests' connections have them too.</summary>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport
    {
        get => throw new NotSupportedException("No byte goes through the trunk itself.");
        set => throw new NotSupportedException();
    }

    public override CancellationToken ConnectionClosed
    {
        get => _closed.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Connection middleware: what follows it is done with each guest's connection instead of with the trunk.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) =>
        async _ =>
        {
            _serve = next;
            Features.GetRequiredFeature<IConnectionHeartbeatFeature>().OnHeartbeat(_ => TickHeartbeats(), this);
            var stop = Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().ConnectionClosedRequested;
            await using var stopping = stop.UnsafeRegister(_ => BeginEnd(), null);
            _attached.TrySetResult();
            await _allEnded.Task;
        };

    /// <summary>Counts a guest's connection, which is served as soon as its turn has come.</summary>
    public void Enter(GuestConnection guest)
    {
        guest.ConnectionId = Interlocked.Increment(ref _lastGuest).ToString("x", CultureInfo.InvariantCulture);
        _guests[guest] = 0;
    }

    /// <summary>Serves a guest's connection to its end; returns as soon as it waits.</summary>
    public void Serve(GuestConnection guest)
    {
        if (_isEnding)
        {
            guest.Abort();
        }
        _ = ServeAsync(guest);
    }

    async Task ServeAsync(GuestConnection guest)
    {
        try
        {
            await _serve!(guest);
        }
        catch (Exception e)
        {
            Log.ConnectionFailed(logger, guest.Scope, e);
        }
        await guest.DisposeAsync();
        _guests.TryRemove(guest, out byte _);
        EndIfLast();
    }

    void TickHeartbeats()
    {
        foreach (var (guest, _) in _guests)
        {
            guest.TickHeartbeat();
        }
    }

    /// <summary>Ends when the last guest's connection has; Kestrel asks each of them to end by itself.</summary>
    void BeginEnd()
    {
        _isEnding = true;
        EndIfLast();
    }

    void EndIfLast()
    {
        if (_isEnding && _guests.IsEmpty)
        {
            _allEnded.TrySetResult();
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _isEnding = true;
        foreach (var (guest, _) in _guests)
        {
            guest.Abort();
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
