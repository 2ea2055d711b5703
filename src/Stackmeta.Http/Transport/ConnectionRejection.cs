namespace Stackmeta.Http;

/// <summary>The end of a connection that is not served.</summary>
public static class ConnectionRejection
{
    /// <summary>Ends a connection without a word, so that its peer is told at once (RST) and nothing of it stays in this kernel.</summary>
    /// <param name="socket">Just accepted; closed when this returns.</param>
    public static void Reset(Descriptor socket)
    {
        // struct linger: on, for 0 s (socket(7)).
        ReadOnlySpan<byte> linger = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = SocketCalls.SetSocketOption(
            socket,
            SocketCalls.SolSocket,
            SocketCalls.SoLinger,
            in linger[0],
            linger.Length
        );
        socket.Dispose();
    }

    /// <summary>
    /// Sends an answer to whatever may be asked, and closes. One send into an empty buffer never waits; the peer reads it even if it is
    /// still sending.
    /// </summary>
    /// <param name="socket">Just accepted, not blocking; closed when this returns.</param>
    /// <param name="answer">A whole answer, of few bytes.</param>
    public static void Say(Descriptor socket, ReadOnlySpan<byte> answer)
    {
        using (socket)
        {
            // If it fails, the peer has gone away, which is as well.
            _ = SocketCalls.Send(socket, in answer[0], answer.Length, SocketCalls.MsgNoSignal);
            _ = SocketCalls.Shutdown(socket, SocketCalls.ShutdownSend);
        }
    }
}
