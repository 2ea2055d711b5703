using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

/// <summary>Whoever fails on a thread of an event loop ends alone.</summary>
public sealed class FailureTests : IDisposable
{
    readonly CollectingLogger _log = new();
    readonly Supervisor _supervisor;
    readonly EventLoops _loops;

    public FailureTests()
    {
        _supervisor = new(TimeProvider.System, _log.CreateLogger<Supervisor>());
        _loops = new(1, "test", _supervisor);
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_throws_is_told_so_and_the_thread_goes_on()
    {
        using var first = new SocketPair();
        using var second = new SocketPair();
        var broken = new Told(static () => throw new InvalidOperationException("broken"));
        var sound = new Told(static () => { });
        _loops.First.Add(first.Socket.SafeHandle, PollEvents.Readable | PollEvents.OncePerChange, broken, out _);
        _loops.First.Add(second.Socket.SafeHandle, PollEvents.Readable | PollEvents.OncePerChange, sound, out _);
        first.Peer.Send("x"u8);
        await broken.HasFailed.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        second.Peer.Send("x"u8);
        await sound.HasHappened.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.False(sound.HasFailed.IsCompleted);
        Assert.Empty(_supervisor.Down);
        Assert.Equal(1, _supervisor.Counts.Single(static count => count.Name == "event of test").Failures);
        Assert.Contains("broken", Assert.Single(_log.Of(13)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_taken_is_closed_and_the_next_one_is_taken()
    {
        var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var address = listening.LocalEndPoint!;
        var count = 0;
        var accepting = new Acceptor(
            listening,
            "test",
            _loops,
            (_, socket, _) =>
            {
                if (++count == 1)
                {
                    throw new InvalidOperationException("broken");
                }
                using (socket)
                {
                    var word = (byte)'y';
                    _ = SocketCalls.Send(socket, in word, 1, SocketCalls.MsgNoSignal);
                }
            },
            TimeProvider.System,
            new(TimeProvider.System, _log)
        );
        accepting.Start();
        Assert.Equal(0, await ReceiveAsync(address));
        Assert.Equal(1, await ReceiveAsync(address));
        accepting.Close();
    }

    static async Task<int> ReceiveAsync(EndPoint address)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(10));
        using var guest = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await guest.ConnectAsync(address, deadline.Token);
        return await guest.ReceiveAsync(new byte[10], deadline.Token);
    }

    public void Dispose()
    {
        _loops.Dispose();
        _log.Dispose();
    }

    sealed class Told(Action happened) : IPollable
    {
        readonly TaskCompletionSource _happened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HasHappened => _happened.Task;

        public Task HasFailed => _failed.Task;

        public void OnReady(EventLoop loop, PollEvents events)
        {
            _happened.TrySetResult();
            happened();
        }

        public void Failed() => _failed.TrySetResult();
    }
}
