using System.Runtime.InteropServices;

namespace Stackmeta.Http;

/// <summary>
/// The end of a connection whose guest may still be sending. The kernel answers bytes that nobody reads with a reset, which may overtake
/// the answer (RFC 9112 §9.6), so they are read and dropped until the guest ends too, for a short time and up to a limit.
/// </summary>
sealed class LingeringClose : IDisposable
{
    /// <summary>Many times a round trip between a guest and its host.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A body as long as any that is taken.</summary>
    const long MostBytes = 1024 * 1024;

    readonly Descriptor _socket;
    readonly Action _end;
    readonly ITimer _timer;

    // By Interlocked.
    long _dropped;

    /// <param name="socket">Not blocking.</param>
    /// <param name="end">Called when the connection can be closed; perhaps more than once.</param>
    public LingeringClose(Descriptor socket, TimeProvider time, Action end)
    {
        (_socket, _end) = (socket, end);
        _timer = time.CreateTimer(static end => ((Action)end!)(), end, Patience, Timeout.InfiniteTimeSpan);
        _ = SocketCalls.Shutdown(socket, SocketCalls.ShutdownSend);
    }

    /// <summary>Reads and drops what is there. By anybody, also at once.</summary>
    public void Drop()
    {
        Span<byte> buffer = stackalloc byte[4096];
        nint count;
        try
        {
            while ((count = SocketCalls.Receive(_socket, ref buffer[0], buffer.Length, 0)) > 0)
            {
                if (Interlocked.Add(ref _dropped, count) > MostBytes)
                {
                    break;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        if (count >= 0 || Marshal.GetLastPInvokeError() is not (SocketCalls.TryAgain or SocketCalls.Interrupted))
        {
            _end();
        }
    }

    public void Dispose() => _timer.Dispose();
}
