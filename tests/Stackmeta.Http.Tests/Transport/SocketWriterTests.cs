using System.Buffers;
using System.Net.Sockets;
using CsCheck;

namespace Stackmeta.Http.Tests;

public sealed class SocketWriterTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>More than the kernel keeps for a connection.</summary>
    const int TooMuch = 32 * 1024 * 1024;

    [Fact]
    public Task What_is_written_arrives_in_order_and_once() =>
        Gen.Select(Gen.Int[1, 200_000].Array[1, 8], Gen.Int[1, 100_000])
            .SampleAsync(
                async (written, pieceLength) =>
                {
                    using var socket = new PolledSocket();
                    var bytes = new byte[written.Sum()];
                    new Random(pieceLength).NextBytes(bytes);
                    var received = ReceiveAllAsync(socket.Peer, pieceLength);
                    var at = 0;
                    foreach (var length in written)
                    {
                        socket.Writer.Write(bytes.AsSpan(at, length));
                        at += length;
                        Assert.False((await socket.Writer.FlushAsync(Cancellation)).IsCompleted);
                    }
                    socket.Writer.Complete();
                    socket.EndSending();
                    Assert.Equal(bytes, await received);
                },
                iter: 40
            );

    static async Task<byte[]> ReceiveAllAsync(Socket peer, int pieceLength)
    {
        var received = new ArrayBufferWriter<byte>();
        var piece = new byte[pieceLength];
        for (int count; (count = await peer.ReceiveAsync(piece)) > 0; )
        {
            received.Write(piece.AsSpan(0, count));
        }
        return received.WrittenSpan.ToArray();
    }

    [Fact]
    public async Task A_flush_waits_for_a_peer_that_does_not_read()
    {
        using var socket = new PolledSocket();
        socket.Writer.Write(new byte[TooMuch]);
        var pending = socket.Writer.FlushAsync(Cancellation);
        Assert.False(pending.IsCompleted);
        Assert.InRange(socket.Writer.UnflushedBytes, 1, TooMuch);
        var received = ReceiveAllAsync(socket.Peer, 65536);
        Assert.False((await pending).IsCompleted);
        socket.EndSending();
        Assert.Equal(TooMuch, (await received).Length);
    }

    [Fact]
    public async Task A_flush_that_is_cancelled_is_gone_on_with_by_the_next()
    {
        using var socket = new PolledSocket();
        socket.Writer.Write(new byte[TooMuch]);
        var pending = socket.Writer.FlushAsync(Cancellation);
        socket.Writer.CancelPendingFlush();
        Assert.True((await pending).IsCanceled);
        var received = ReceiveAllAsync(socket.Peer, 65536);
        Assert.False((await socket.Writer.FlushAsync(Cancellation)).IsCanceled);
        socket.EndSending();
        Assert.Equal(TooMuch, (await received).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_is_gone_ends_the_flush(bool resets)
    {
        using var socket = new PolledSocket();
        socket.Writer.Write(new byte[TooMuch]);
        var pending = socket.Writer.FlushAsync(Cancellation);
        if (resets)
        {
            socket.Peer.LingerState = new(enable: true, seconds: 0);
        }
        socket.Peer.Dispose();
        Assert.True((await pending).IsCompleted);
        socket.Writer.Write("more"u8);
        Assert.True((await socket.Writer.FlushAsync(Cancellation)).IsCompleted);
    }

    [Fact]
    public async Task An_abort_ends_a_pending_flush()
    {
        using var socket = new PolledSocket();
        socket.Writer.Write(new byte[TooMuch]);
        var pending = socket.Writer.FlushAsync(Cancellation);
        socket.Writer.Abort();
        Assert.True((await pending).IsCompleted);
    }
}
