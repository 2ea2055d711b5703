using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// The unix socket on which an opener is asked: who may ask, and how often at once. It never sees a guest's byte, and takes each question
/// apart as if whoever asks were hostile by now.
/// </summary>
sealed class OpenerServer
{
    /// <summary>Of one user. One serves, one is to serve, one looks; more are of no use.</summary>
    const int MostConnections = 16;

    /// <summary>How long who may not ask has for its question.</summary>
    static readonly TimeSpan StrangersTime = TimeSpan.FromSeconds(1);

    /// <summary>After an accept that failed for want of descriptors or memory.</summary>
    static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    readonly OpenerAnswers _answers;
    readonly ServingPlace _place;
    readonly OpenerRefusalLog _refusals;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly Socket _listening;
    readonly string _path;
    readonly uint? _user;
    readonly TaskCompletionSource _succeeded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _changing = new();

    /// <summary>By user, so that one who has all of his keeps nobody else out. Under the lock.</summary>
    readonly Dictionary<uint, int> _connections = [];

    readonly Supervisor _supervisor;
    readonly LogThrottle<SocketError> _accepts;

    OpenerServer(
        string path,
        OpenerAnswers answers,
        uint? user,
        Socket listening,
        Supervisor supervisor,
        TimeProvider time,
        ILogger logger
    )
    {
        _supervisor = supervisor;
        _accepts = new(time);
        _path = path;
        _answers = answers;
        _user = user;
        _listening = listening;
        _time = time;
        _logger = logger.Throttled(time);
        _place = new(_logger);
        _refusals = new(time, logger);
    }

    /// <summary>Ends when a successor has all sockets.</summary>
    public Task Succeeded => _succeeded.Task;

    /// <exception cref="EdgeException">The socket cannot be had, or there is no such user.</exception>
    public static OpenerServer Open(
        OpenerOptions options,
        OpenerAnswers answers,
        Supervisor supervisor,
        TimeProvider time,
        ILogger logger
    )
    {
        var user = options.User is { } name ? ServingUser.Find(name) : null;
        var path = Path.GetFullPath(options.SocketPath);
        var beside = $"{path}.{Environment.ProcessId}";
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            // Others pass, for sockets and files of theirs; only root changes what is there.
            Directory.CreateDirectory(folder);
            RequireOwnFolder(folder);
            File.Delete(beside);
            socket.Bind(new UnixDomainSocketEndPoint(beside));
            File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            if (user is not null)
            {
                NetworkNamespace.Checked(Libc.ChangeOwnerOfLink(beside, user.Uid, user.Gid), "chown");
            }
            socket.Listen();
            // Moved into its place once it listens: who looks for it finds the old one or this one.
            File.Move(beside, path, overwrite: true);
            return new(path, answers, user?.Uid, socket, supervisor, time, logger);
        }
        catch (Exception e)
            when (e
                    is SocketException
                        or IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or Win32Exception
            )
        {
            socket.Dispose();
            File.Delete(beside);
            throw new EdgeException($"The opener's socket {options.SocketPath} cannot be had: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whoever could exchange what lies there would be asked in the opener's place, or given a file of root's.</summary>
    static void RequireOwnFolder(string folder)
    {
        const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        var owner = Libc.OwnerOf(folder);
        if (
            (owner != 0 && owner != Libc.GetEffectiveUser())
            || (File.GetUnixFileMode(folder) & OthersWrite) != UnixFileMode.None
        )
        {
            throw new EdgeException(
                $"The folder {folder} of the opener's socket must be root's, and writable by nobody else (edge.opener)."
            );
        }
    }

    /// <summary>Answers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var _ = _listening;
        var answering = new ConcurrentDictionary<Task, bool>();
        await _supervisor.RunAsync("socket broker", stop => AcceptAllAsync(answering, stop), cancellationToken);
        // A successor has put its own socket there.
        if (!_succeeded.Task.IsCompleted)
        {
            File.Delete(_path);
        }
        await Task.WhenAll(answering.Keys);
    }

    async Task AcceptAllAsync(ConcurrentDictionary<Task, bool> answering, CancellationToken cancellationToken)
    {
        using var acceptor = new UnixAcceptor(_listening, _supervisor);
        while (true)
        {
            try
            {
                var connection = await acceptor.AcceptAsync(cancellationToken);
                foreach (var over in answering.Keys.Where(static task => task.IsCompleted))
                {
                    answering.TryRemove(over, out _);
                }
                answering[AnswerAllAsync(connection, cancellationToken)] = true;
            }
            catch (SocketException e)
            {
                if (_accepts.MayWrite(e.SocketErrorCode, out var suppressed))
                {
                    Log.OpenerNotAsked(_logger, _path, e.SocketErrorCode, suppressed);
                }
                await Task.Delay(AcceptPause, _time, cancellationToken);
            }
        }
    }

    async Task AnswerAllAsync(Socket connection, CancellationToken cancellationToken)
    {
        using var _ = connection;
        try
        {
            var peer = SocketFacts.PeerOf(connection);
            if (!MayAsk(peer.User) || !TryEnter(peer.User))
            {
                _refusals.Tell(OpenerRefusal.Stranger, peer);
                await RefuseAsync(connection, cancellationToken);
                return;
            }
            try
            {
                var session = new OpenerSession(connection, peer, _answers, _place, _refusals, _succeeded, _logger);
                await session.AnswerAllAsync(cancellationToken);
            }
            finally
            {
                _place.Leave(connection);
                Leave(peer.User);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The peer is gone, or this opener ends.
        }
        catch (Exception e)
        {
            // Its connection ends with it, and it asks again on another.
            _supervisor.Report("socket broker's connection", e);
        }
    }

    /// <summary>The question is taken first: what lies unread when a connection ends hides the answer (unix(7)).</summary>
    static async Task RefuseAsync(Socket connection, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StrangersTime);
        await connection.ReceiveAsync(new byte[1], patience.Token);
        new OpenerMessage(OpenerMessageKind.Answer, Refusal: OpenerRefusal.Stranger).SendTo(connection);
    }

    bool MayAsk(uint user) => user == 0 || user == _user || user == Libc.GetEffectiveUser();

    bool TryEnter(uint user)
    {
        lock (_changing)
        {
            var count = _connections.GetValueOrDefault(user);
            _connections[user] = Math.Min(count + 1, MostConnections);
            return count < MostConnections;
        }
    }

    void Leave(uint user)
    {
        lock (_changing)
        {
            _connections[user]--;
        }
    }
}
