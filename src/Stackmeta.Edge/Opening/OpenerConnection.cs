using System.Net.Sockets;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>A connection to an opener. Used by one caller at a time.</summary>
sealed class OpenerConnection : IDisposable
{
    /// <summary>An opener answers within microseconds, or within seconds when it has just been started.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly Socket _socket;
    readonly byte[] _buffer = new byte[OpenerMessage.LongestMessage];

    OpenerConnection(Socket socket) => _socket = socket;

    /// <summary>Connects; null if nobody listens there.</summary>
    /// <exception cref="EdgeException">The path cannot be connected to, for a reason that does not pass.</exception>
    public static async Task<OpenerConnection?> TryOpenAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new(socket);
        }
        catch (SocketException e)
            when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            socket.Dispose();
            return null;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new EdgeException($"The opener's socket {path} cannot be reached: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks and waits for the answer.</summary>
    /// <returns>The descriptor of the answer, the caller's to dispose of; null if the question asks for none.</returns>
    /// <exception cref="OpenerRefusedException">It was refused.</exception>
    /// <exception cref="IOException">The opener is gone.</exception>
    public async Task<Descriptor?> AskAsync(
        OpenerMessage question,
        Descriptor? given,
        CancellationToken cancellationToken
    )
    {
        question.SendTo(_socket, given);
        var (answer, descriptor) = await ReceiveWithinAsync(cancellationToken);
        if (answer.Kind == OpenerMessageKind.Answer && answer.Refusal == OpenerRefusal.None)
        {
            return descriptor;
        }
        descriptor?.Dispose();
        throw new OpenerRefusedException(
            answer.Kind == OpenerMessageKind.Answer ? answer.Refusal : OpenerRefusal.Malformed,
            question.Namespace,
            question.EndPoint
        );
    }

    /// <summary>Takes all that the opener keeps.</summary>
    /// <param name="adopt">Called for each; the descriptor is disposed of afterwards.</param>
    /// <returns>How many were adopted.</returns>
    /// <exception cref="EdgeException">It refuses, or ends before it has told all.</exception>
    public async Task<int> TakeOverAsync(
        Func<HeldName, Descriptor, OpenerRefusal> adopt,
        CancellationToken cancellationToken
    )
    {
        try
        {
            new OpenerMessage(OpenerMessageKind.TakeOver).SendTo(_socket);
            for (var count = 0; ; )
            {
                var (message, descriptor) = await ReceiveWithinAsync(cancellationToken);
                using (descriptor)
                {
                    if (message.Kind == OpenerMessageKind.Answer)
                    {
                        return message.Refusal == OpenerRefusal.None
                            ? count
                            : throw new OpenerRefusedException(message.Refusal, "", null);
                    }
                    if (message is { Kind: OpenerMessageKind.Keep, EndPoint: { } endPoint } && descriptor is not null)
                    {
                        count += adopt(new(message.Namespace, endPoint), descriptor) == OpenerRefusal.None ? 1 : 0;
                        // One by one, so that no more are under way than a connection has room for.
                        new OpenerMessage(OpenerMessageKind.Answer).SendTo(_socket);
                    }
                }
            }
        }
        catch (IOException e)
        {
            throw new EdgeException($"The opener ended while its sockets were taken over: {e.Message}", e);
        }
    }

    /// <summary>Returns what the opener says unasked.</summary>
    /// <exception cref="IOException">The opener is gone.</exception>
    public async Task<OpenerMessage> NextAsync(CancellationToken cancellationToken)
    {
        var (message, descriptor) = await ReceiveAsync(cancellationToken);
        descriptor?.Dispose();
        return message;
    }

    /// <summary>Returns when the opener's process has ended, or after a while.</summary>
    public async Task WaitForEndAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            while (true)
            {
                await NextAsync(limit.Token);
            }
        }
        catch (IOException)
        {
            // That is what was waited for.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It takes its time; what it has of its own will show.
        }
    }

    async Task<(OpenerMessage Message, Descriptor? Descriptor)> ReceiveWithinAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await ReceiveAsync(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"no answer within {Patience.TotalSeconds} s", e);
        }
    }

    async Task<(OpenerMessage Message, Descriptor? Descriptor)> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Only looked at: .NET's own receive would lose the descriptor.
            await _socket.ReceiveAsync(_buffer, SocketFlags.Peek, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
        var (length, descriptor) = DescriptorMessage.Receive(_socket, _buffer);
        if (length > 0 && OpenerMessage.Read(_buffer.AsSpan(0, length)) is { } message)
        {
            return (message, descriptor);
        }
        descriptor?.Dispose();
        throw new IOException(length == 0 ? "the opener is gone" : "the opener is of another version");
    }

    public void Dispose() => _socket.Dispose();
}
