using System.Net;
using System.Net.Sockets;
using Stackmeta.Edge;

namespace Stackmeta.Hostile.Tests;

/// <summary>A guest's cable: frames go out as they are written, and all that come in are seen (packet(7)).</summary>
sealed class Wire : IDisposable
{
    const int PacketFamily = 17;
    const int RawType = 3;

    /// <summary>ETH_P_ALL in network byte order.</summary>
    const int EveryProtocol = 0x0300;

    readonly Socket _socket;

    public Wire(Machine machine)
    {
        var descriptor = NetworkNamespace.Inside(
            machine.Namespace,
            static () =>
                NetworkNamespace.Checked(Libc.Socket(PacketFamily, RawType | Libc.SockCloexec, EveryProtocol), "socket")
        );
        _socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        _socket.Bind(new Cable(machine.Interface));
    }

    public void Send(params byte[][] frames)
    {
        foreach (var frame in frames)
        {
            try
            {
                _socket.Send(frame);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.NoBufferSpaceAvailable)
            {
                // A flood that the cable is too slow for.
            }
        }
    }

    /// <summary>The first frame that is wanted; null when none comes in time.</summary>
    public async Task<byte[]?> ReceiveAsync(Func<byte[], bool> isWanted, TimeSpan patience)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(patience);
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, timeout.Token);
                var frame = buffer[..length];
                if (isWanted(frame))
                {
                    return frame;
                }
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>sockaddr_ll: everything that passes one interface.</summary>
    sealed class Cable(int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20) { [2] = 0x00, [3] = 0x03 };
            BitConverter.TryWriteBytes(address.Buffer.Span[4..], index);
            return address;
        }
    }
}
