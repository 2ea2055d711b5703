using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// Sockets from an opener, for a process without any rights. The opener may end and begin anew: what this process listens
/// on it goes on with, and gives to the new opener to keep.
/// </summary>
/// <param name="path">The opener's socket.</param>
public sealed class OpenedSockets(string path, Supervisor supervisor, TimeProvider time, ILogger<OpenedSockets> logger)
    : INamespaceSockets,
        IDisposable
{
    /// <summary>How long an opener may be away until who asks is told so: it is started again within a second.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    readonly SemaphoreSlim _gate = new(1);

    /// <summary>For questions. Under the gate.</summary>
    OpenerConnection? _connection;

    readonly Lock _changing = new();

    /// <summary>What is listened on, to be given to the next opener; closed ones are passed over. Under the lock.</summary>
    readonly Dictionary<HeldName, Socket> _listening = [];
    readonly TaskCompletionSource _relieved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when another process serves: this one then lets its connections end, and ends.</summary>
    public Task Relieved => _relieved.Task;

    /// <inheritdoc/>
    public async ValueTask<Socket> ListenAsync(
        string @namespace,
        IPEndPoint endPoint,
        CancellationToken cancellationToken
    )
    {
        var socket = await AskForSocketAsync(new(OpenerMessageKind.Listen, @namespace, endPoint), cancellationToken);
        lock (_changing)
        {
            _listening[new(@namespace, endPoint)] = socket;
        }
        return socket;
    }

    /// <inheritdoc/>
    public ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken) =>
        AskForSocketAsync(new(OpenerMessageKind.WatchIpv6, @namespace), cancellationToken);

    /// <inheritdoc/>
    public void Forget(string @namespace)
    {
        lock (_changing)
        {
            foreach (var name in _listening.Keys.Where(name => name.Namespace == @namespace).ToList())
            {
                _listening.Remove(name);
            }
        }
        supervisor.Start("socket broker's word", () => TellForgottenAsync(@namespace));
    }

    async Task TellForgottenAsync(string @namespace)
    {
        try
        {
            (await AskAsync(new(OpenerMessageKind.Forget, @namespace), CancellationToken.None))?.Dispose();
        }
        catch (Exception e) when (e is EdgeException or ObjectDisposedException)
        {
            // An opener that is gone keeps nothing.
        }
    }

    /// <summary>
    /// Tells the opener that this process serves, as long as both live; an opener that has been started anew gets all
    /// listening sockets.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_relieved.Task.IsCompleted)
            {
                using (var connection = await TryConnectAsync(cancellationToken))
                {
                    if (connection is not null && await ServeAsync(connection, cancellationToken))
                    {
                        Log.OpenerGone(logger, path);
                    }
                }
                await Task.Delay(RetryPause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The normal end.
        }
    }

    async Task<OpenerConnection?> TryConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await OpenerConnection.TryOpenAsync(path, cancellationToken);
        }
        catch (EdgeException)
        {
            // Not reachable yet; who needs a socket is told.
            return null;
        }
    }

    /// <returns>Whether the opener was there and is gone.</returns>
    async Task<bool> ServeAsync(OpenerConnection connection, CancellationToken cancellationToken)
    {
        var reached = false;
        try
        {
            await GiveBackAsync(connection, cancellationToken);
            await connection.AskAsync(new(OpenerMessageKind.Serve), null, cancellationToken);
            reached = true;
            Log.OpenerReached(logger, path);
            while ((await connection.NextAsync(cancellationToken)).Kind != OpenerMessageKind.Leave)
            {
                // Nothing else concerns us.
            }
            _relieved.TrySetResult();
            return false;
        }
        catch (Exception e) when (e is IOException or EdgeException)
        {
            return reached;
        }
    }

    async Task GiveBackAsync(OpenerConnection connection, CancellationToken cancellationToken)
    {
        List<(HeldName Name, Descriptor Descriptor)> all = [];
        lock (_changing)
        {
            foreach (var (name, socket) in _listening.ToList())
            {
                try
                {
                    all.Add((name, Descriptor.Of(socket)));
                }
                catch (ObjectDisposedException)
                {
                    _listening.Remove(name);
                }
            }
        }
        foreach (var (name, descriptor) in all)
        {
            using (descriptor)
            {
                try
                {
                    await connection.AskAsync(
                        new(OpenerMessageKind.Keep, name.Namespace, name.EndPoint),
                        descriptor,
                        cancellationToken
                    );
                }
                catch (OpenerRefusedException e)
                {
                    Log.NotKept(logger, name.EndPoint, name.Namespace, e.Message);
                }
            }
        }
    }

    async ValueTask<Socket> AskForSocketAsync(OpenerMessage question, CancellationToken cancellationToken)
    {
        using var descriptor =
            await AskAsync(question, cancellationToken)
            ?? throw new EdgeException($"The opener at {path} gave no socket for {question.Namespace}.");
        return descriptor.ToSocket();
    }

    async Task<Descriptor?> AskAsync(OpenerMessage question, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        await _gate.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var reason = "nobody listens there";
                try
                {
                    _connection ??= await OpenerConnection.TryOpenAsync(path, cancellationToken);
                    if (_connection is not null)
                    {
                        return await _connection.AskAsync(question, null, cancellationToken);
                    }
                }
                catch (IOException e)
                {
                    reason = e.Message;
                    Disconnect_NeedsGate();
                }
                catch (OperationCanceledException)
                {
                    // Its answer may still come, and would be taken for that of the next question.
                    Disconnect_NeedsGate();
                    throw;
                }
                if (time.GetElapsedTime(since) > Patience)
                {
                    throw new EdgeException($"The opener at {path} does not answer: {reason}.");
                }
                await Task.Delay(RetryPause, time, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    void Disconnect_NeedsGate()
    {
        _connection?.Dispose();
        _connection = null;
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _gate.Dispose();
    }
}
