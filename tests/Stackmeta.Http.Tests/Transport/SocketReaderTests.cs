using System.Buffers;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Connections;

namespace Stackmeta.Http.Tests;

public sealed class SocketReaderTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>However they are cut on the way, and however much of them the reader takes at a time or only looks at.</summary>
    [Fact]
    public Task Bytes_arrive_in_order_and_once() =>
        Gen.Select(Gen.Int[1, 9000].Array[1, 12], Gen.Int[0, 5000].Array[1, 8], Gen.Bool)
            .SampleAsync(
                async (sent, taken, looksAtAll) =>
                {
                    using var socket = new PolledSocket();
                    var bytes = new byte[sent.Sum()];
                    new Random(sent.Length).NextBytes(bytes);
                    var sending = Task.Run(
                        async () =>
                        {
                            var at = 0;
                            foreach (var length in sent)
                            {
                                await socket.Peer.SendAsync(bytes.AsMemory(at, length));
                                at += length;
                            }
                            socket.Peer.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                        },
                        Cancellation
                    );
                    Assert.Equal(bytes, await ReadAllAsync(socket.Reader, taken, looksAtAll));
                    await sending;
                },
                iter: 150
            );

    static async Task<byte[]> ReadAllAsync(SocketReader reader, int[] taken, bool looksAtAll)
    {
        var received = new ArrayBufferWriter<byte>();
        for (var i = 0; ; i++)
        {
            var result = await reader.ReadAsync(Cancellation);
            var length = (int)Math.Min(taken[i % taken.Length], result.Buffer.Length);
            if (result.IsCompleted)
            {
                length = (int)result.Buffer.Length;
            }
            var piece = result.Buffer.Slice(0, length);
            received.Write(piece.ToArray());
            reader.AdvanceTo(piece.End, looksAtAll ? result.Buffer.End : piece.End);
            if (result.IsCompleted)
            {
                reader.Complete();
                return received.WrittenSpan.ToArray();
            }
        }
    }

    [Fact]
    public async Task An_end_that_comes_with_the_last_bytes_is_told()
    {
        using var socket = new PolledSocket();
        socket.Peer.Send("abc"u8);
        socket.Peer.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        var result = await socket.Reader.ReadAsync(Cancellation);
        Assert.Equal("abc", Encoding.ASCII.GetString(result.Buffer.ToArray()));
        socket.Reader.AdvanceTo(result.Buffer.End);
        result = await socket.Reader.ReadAsync(Cancellation);
        Assert.True(result.IsCompleted);
        Assert.True(result.Buffer.IsEmpty);
    }

    [Fact]
    public async Task A_pending_read_is_cancelled_without_loss()
    {
        using var socket = new PolledSocket();
        var pending = socket.Reader.ReadAsync(Cancellation);
        Assert.False(pending.IsCompleted);
        socket.Reader.CancelPendingRead();
        var result = await pending;
        Assert.True(result.IsCanceled);
        socket.Reader.AdvanceTo(result.Buffer.End);
        socket.Peer.Send("abc"u8);
        result = await socket.Reader.ReadAsync(Cancellation);
        Assert.Equal("abc", Encoding.ASCII.GetString(result.Buffer.ToArray()));
        Assert.False(result.IsCanceled);
    }

    [Fact]
    public async Task A_read_is_given_up_by_its_token_and_the_next_one_goes_on()
    {
        using var socket = new PolledSocket();
        using var stop = new CancellationTokenSource();
        var pending = socket.Reader.ReadAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await pending);
        socket.Peer.Send("abc"u8);
        Assert.Equal("abc", Encoding.ASCII.GetString((await socket.Reader.ReadAsync(Cancellation)).Buffer.ToArray()));
    }

    [Fact]
    public async Task A_reset_is_an_error_and_stays_one()
    {
        using var socket = new PolledSocket();
        var pending = socket.Reader.ReadAsync(Cancellation);
        socket.Peer.LingerState = new(enable: true, seconds: 0);
        socket.Peer.Dispose();
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await pending);
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await socket.Reader.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task An_abort_ends_a_pending_read()
    {
        using var socket = new PolledSocket();
        var pending = socket.Reader.ReadAsync(Cancellation);
        socket.Reader.Abort();
        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await pending);
    }
}
