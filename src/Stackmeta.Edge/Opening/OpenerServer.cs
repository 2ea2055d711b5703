using System.ComponentModel;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// Answers those who may ask an opener, over a unix socket. It never sees a guest's byte, and takes each question apart as
/// if whoever asks were hostile by now.
/// </summary>
sealed class OpenerServer
{
    /// <summary>One serves, one is to serve, one looks. More are of no use.</summary>
    const int MostConnections = 16;

    /// <summary>How long who may not ask has for its question.</summary>
    static readonly TimeSpan StrangersTime = TimeSpan.FromSeconds(1);

    readonly NamespaceOpener _opener;
    readonly HeldSockets _held;
    readonly ILogger _logger;
    readonly Socket _listening;
    readonly string _path;
    readonly uint? _user;
    readonly TaskCompletionSource _succeeded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _changing = new();

    /// <summary>Who serves the guests, and when that process was started. Under the lock.</summary>
    (Socket Connection, ulong StartedAt)? _serving;

    // Under the lock.
    int _connections;

    OpenerServer(
        OpenerOptions options,
        NamespaceOpener opener,
        HeldSockets held,
        uint? user,
        Socket listening,
        ILogger logger
    )
    {
        _opener = opener;
        _held = held;
        _logger = logger;
        _user = user;
        _listening = listening;
        _path = options.SocketPath;
    }

    /// <summary>Ends when a successor has all sockets.</summary>
    public Task Succeeded => _succeeded.Task;

    /// <exception cref="EdgeException">The socket cannot be had, or there is no such user.</exception>
    public static OpenerServer Open(OpenerOptions options, NamespaceOpener opener, HeldSockets held, ILogger logger)
    {
        var user = options.User is { } name ? ServingUser.Find(name) : null;
        var beside = $"{options.SocketPath}.{Environment.ProcessId}";
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            // Others pass, for sockets and files of theirs; only root changes what is there.
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.SocketPath))!);
            File.Delete(beside);
            socket.Bind(new UnixDomainSocketEndPoint(beside));
            File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            if (user is not null)
            {
                NetworkNamespace.Checked(Libc.ChangeOwner(beside, user.Uid, user.Gid), "chown");
            }
            socket.Listen();
            // Moved into its place once it listens: who looks for it finds the old one or this one.
            File.Move(beside, options.SocketPath, overwrite: true);
            return new(options, opener, held, user?.Uid, socket, logger);
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
    }

    /// <summary>Answers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var _ = _listening;
        var answering = new List<Task>();
        try
        {
            while (true)
            {
                var connection = await _listening.AcceptAsync(cancellationToken);
                answering.RemoveAll(static task => task.IsCompleted);
                answering.Add(AnswerAllAsync(connection, cancellationToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end. A successor has put its own socket there.
            if (!_succeeded.Task.IsCompleted)
            {
                File.Delete(_path);
            }
        }
        await Task.WhenAll(answering);
    }

    async Task AnswerAllAsync(Socket connection, CancellationToken cancellationToken)
    {
        using var _ = connection;
        try
        {
            var (process, user) = SocketFacts.PeerOf(connection);
            if (!MayAsk(user) || !TryEnter())
            {
                Log.OpenerRefused(
                    _logger,
                    process,
                    user,
                    "it is not the user that may ask, or asks from too many places"
                );
                await RefuseAsync(connection, cancellationToken);
                return;
            }
            try
            {
                var buffer = new byte[OpenerMessage.LongestMessage];
                while (await AnswerNextAsync(connection, buffer, process, user, cancellationToken))
                {
                    // Until the peer ends, or says what cannot be understood.
                }
            }
            finally
            {
                Leave(connection);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The peer is gone, or this opener ends.
        }
    }

    /// <summary>The question is taken first: what lies unread when a connection ends hides the answer (unix(7)).</summary>
    static async Task RefuseAsync(Socket connection, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StrangersTime);
        await connection.ReceiveAsync(new byte[1], patience.Token);
        Send(connection, new(OpenerMessageKind.Answer, Refusal: OpenerRefusal.Stranger));
    }

    bool MayAsk(uint user) => user == 0 || user == _user || user == Libc.GetEffectiveUser();

    bool TryEnter()
    {
        lock (_changing)
        {
            return _connections < MostConnections && ++_connections > 0;
        }
    }

    void Leave(Socket connection)
    {
        lock (_changing)
        {
            _connections--;
            if (_serving?.Connection == connection)
            {
                _serving = null;
            }
        }
    }

    /// <returns>Whether more may come.</returns>
    async Task<bool> AnswerNextAsync(
        Socket connection,
        byte[] buffer,
        int process,
        uint user,
        CancellationToken cancellationToken
    )
    {
        // Only looked at: .NET's own receive would lose the descriptor.
        await connection.ReceiveAsync(buffer, SocketFlags.Peek, cancellationToken);
        var (length, given) = DescriptorMessage.Receive(connection, buffer);
        using var _ = given;
        if (length == 0)
        {
            return false;
        }
        if (length < 0 || OpenerMessage.Read(buffer.AsSpan(0, length)) is not { } question)
        {
            Log.OpenerRefused(_logger, process, user, "its message cannot be understood");
            Send(connection, new(OpenerMessageKind.Answer, Refusal: OpenerRefusal.Malformed));
            return false;
        }
        if (question.Kind == OpenerMessageKind.TakeOver && user == Libc.GetEffectiveUser())
        {
            await GiveAllAsync(connection, buffer, process, cancellationToken);
            return true;
        }
        var refusal = OpenerRefusal.None;
        Descriptor? descriptor = null;
        try
        {
            (refusal, descriptor) = await AnswerAsync(question, given, cancellationToken);
        }
        catch (Exception e) when (e is EdgeException or Win32Exception or SocketException)
        {
            refusal = ReasonOf(e);
        }
        using (descriptor)
        {
            if (refusal != OpenerRefusal.None)
            {
                var reason = OpenerRefusals.Explain(refusal, question.Namespace, question.EndPoint);
                Log.OpenerRefused(_logger, process, user, reason);
            }
            Send(connection, new(OpenerMessageKind.Answer, Refusal: refusal), descriptor);
        }
        if (question.Kind == OpenerMessageKind.Serve)
        {
            Serve(connection, process);
        }
        return true;
    }

    async Task<(OpenerRefusal Refusal, Descriptor? Descriptor)> AnswerAsync(
        OpenerMessage question,
        Descriptor? given,
        CancellationToken cancellationToken
    )
    {
        var (@namespace, endPoint) = (question.Namespace, question.EndPoint);
        switch (question.Kind)
        {
            case OpenerMessageKind.Listen:
                if (Check(question) is var noListening and not OpenerRefusal.None)
                {
                    return (noListening, null);
                }
                using (var socket = await _opener.ListenAsync(@namespace, endPoint!, cancellationToken))
                {
                    return (OpenerRefusal.None, Descriptor.Of(socket));
                }
            case OpenerMessageKind.WatchIpv6:
                if (Check(question) is var noWatching and not OpenerRefusal.None)
                {
                    return (noWatching, null);
                }
                using (var socket = await _opener.WatchIpv6Async(@namespace, cancellationToken))
                {
                    return (OpenerRefusal.None, Descriptor.Of(socket));
                }
            case OpenerMessageKind.Forget:
                _held.Forget(@namespace);
                return default;
            case OpenerMessageKind.Keep when given is not null && endPoint is not null:
                return (NamespaceOpener.Adopt(_held, new(@namespace, endPoint), given), null);
            case OpenerMessageKind.Serve:
                return default;
            default:
                return (OpenerRefusal.Malformed, null);
        }
    }

    /// <summary>Of two that would serve, the one that was started later does: the other may only have come back to a new opener.</summary>
    void Serve(Socket connection, int process)
    {
        var startedAt = ProcessTable.ReadStart(process);
        Socket? leaving = connection;
        lock (_changing)
        {
            if (_serving is not { } before || before.StartedAt <= startedAt)
            {
                leaving = _serving?.Connection;
                _serving = (connection, startedAt);
            }
        }
        if (leaving != connection)
        {
            Log.ServesNow(_logger, process);
        }
        if (leaving is not null)
        {
            Send(leaving, new(OpenerMessageKind.Leave));
        }
    }

    async Task GiveAllAsync(Socket connection, byte[] buffer, int process, CancellationToken cancellationToken)
    {
        var given = 0;
        foreach (var name in _held.Names)
        {
            if (_held.Open(name) is { } descriptor)
            {
                using (descriptor)
                {
                    Send(connection, new(OpenerMessageKind.Keep, name.Namespace, name.EndPoint), descriptor);
                }
                await connection.ReceiveAsync(buffer, cancellationToken);
                given++;
            }
        }
        Send(connection, new(OpenerMessageKind.Answer));
        Log.TakenOver(_logger, process, given);
        _succeeded.TrySetResult();
    }

    /// <summary>A process that stands for haproxy was started by Neutron's agents, who are root there.</summary>
    static OpenerRefusal Check(OpenerMessage question)
    {
        var refusal =
            question.Kind == OpenerMessageKind.Listen
                ? OpenerRules.Check(question.Namespace, question.EndPoint)
                : OpenerRules.CheckNamespace(question.Namespace);
        return
            refusal == OpenerRefusal.None
            && OpenerRules.ProcessOf(question.Namespace) is { } process
            && !Placeholder.IsOne(process)
            ? OpenerRefusal.NotAMetadataNamespace
            : refusal;
    }

    static OpenerRefusal ReasonOf(Exception e) =>
        e switch
        {
            OpenerRefusedException refused => refused.Refusal,
            { InnerException: SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } } =>
                OpenerRefusal.AddressInUse,
            { InnerException: Win32Exception } => OpenerRefusal.NamespaceGone,
            _ => OpenerRefusal.System,
        };

    static void Send(Socket connection, OpenerMessage message, Descriptor? descriptor = null)
    {
        Span<byte> bytes = stackalloc byte[OpenerMessage.LongestMessage];
        DescriptorMessage.Send(connection, bytes[..message.Write(bytes)], descriptor);
    }
}
