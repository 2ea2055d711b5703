using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Http;

/// <summary>Accepts the connections of a listening unix socket without asking for the peers' addresses.</summary>
/// <remarks>
/// A peer may be bound to a path that fills its address without a closing zero. The kernel then tells of a longer address than there is
/// (unix(7), BUGS), at which
/// <c>Socket.AcceptAsync</c> throws on a thread of the pool where nobody can catch it, and the process ends.
/// </remarks>
public sealed class UnixAcceptor : IPollable, IDisposable
{
    readonly Socket _listening;
    readonly EventLoops _loops;
    readonly ulong _number;

    /// <summary>At most one: whoever waits looks for all that have come.</summary>
    readonly SemaphoreSlim _news = new(0);

    /// <param name="listening">Stays the caller's, who disposes of it after this.</param>
    /// <param name="supervisor">Owns the thread that waits.</param>
    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public UnixAcceptor(Socket listening, Supervisor supervisor)
    {
        _listening = listening;
        listening.Blocking = false;
        _loops = new(1, "unix socket", supervisor);
        try
        {
            _loops.First.Add(listening.SafeHandle, PollEvents.Readable | PollEvents.OncePerChange, this, out _number);
        }
        catch
        {
            _loops.Dispose();
            throw;
        }
    }

    /// <summary>The next connection. For one caller at a time.</summary>
    /// <exception cref="SocketException">This process lacks descriptors or memory.</exception>
    public async Task<Socket> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var accepted = SocketCalls.AcceptNameless(_listening.SafeHandle, 0, 0, SocketCalls.CloseOnExec);
            if (accepted >= 0)
            {
                using var descriptor = new Descriptor(accepted);
                return descriptor.ToSocket();
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case SocketCalls.TryAgain:
                    await _news.WaitAsync(cancellationToken);
                    break;
                case SocketCalls.Interrupted or SocketCalls.ConnectionAborted:
                    break;
                case SocketCalls.TooManyDescriptors or SocketCalls.TableFull:
                    throw new SocketException((int)SocketError.TooManyOpenSockets);
                case SocketCalls.NoBufferSpace or SocketCalls.NoMemory:
                    throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
                case var error:
                    throw new SocketException((int)SocketError.SocketError, Marshal.GetPInvokeErrorMessage(error));
            }
        }
    }

    void IPollable.OnReady(EventLoop loop, PollEvents events)
    {
        if (_news.CurrentCount == 0)
        {
            _news.Release();
        }
    }

    void IPollable.Failed() { }

    /// <summary>Waits no more; nobody may be accepting.</summary>
    public void Dispose()
    {
        _loops.First.Remove(_listening.SafeHandle, _number);
        _loops.Dispose();
        _news.Dispose();
    }
}
