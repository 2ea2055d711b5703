using System.Net;
using System.Net.Sockets;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>Ends connections that rules of an earlier state let through.</summary>
public sealed class EndConnectionsTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Those_that_have_asked_those_that_have_not_and_those_under_way_are_ended_and_no_others()
    {
        var (arrived, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await LoopbackServer.StartAsync(async request =>
        {
            if (request.Target == "/slow")
            {
                arrived.SetResult();
                await goOn.Task;
            }
            return Handling.Say(request, "a");
        });
        using var silent = await RawHttp.ConnectAsync(server.EndPoint);
        using var kept = await RawHttp.ConnectAsync(server.EndPoint);
        await kept.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("a", (await kept.ReadAnswerAsync()).Text);
        using var waiting = await RawHttp.ConnectAsync(server.EndPoint);
        await waiting.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await arrived.Task.WaitAsync(Patience, Cancellation);

        Assert.Equal(0, await server.Server.Listeners.EndConnectionsAsync(static _ => false, Cancellation));
        Assert.Equal(3, await server.Server.Listeners.EndConnectionsAsync(IsLocal, Cancellation));
        goOn.SetResult();

        foreach (var ended in (RawHttp[])[silent, kept, waiting])
        {
            Assert.True(await ended.IsClosedAsync());
        }
        Assert.Equal("a", (await RawHttp.AskAsync(server.EndPoint, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
    }

    /// <summary>
    /// They are the kernel's as long as nobody has time for them. More of them than are accepted before somebody else has looked.
    /// </summary>
    [Fact]
    public async Task Those_that_nobody_has_accepted_yet_are_ended_too()
    {
        const int Queued = 2000;
        using var goOn = new ManualResetEventSlim();
        var held = 0;
        await using var server = await LoopbackServer.StartAsync(
            request =>
            {
                // Blocks the thread that accepts, as a host does that is busy with something else.
                Interlocked.Increment(ref held);
                goOn.Wait(Patience, Cancellation);
                return new(Handling.Say(request, "a"));
            },
            new()
            {
                Limits = new() { MaxConnections = 0 },
                Capacity = static _ => 1_000_000,
            }
        );
        var blocking = new List<RawHttp>();
        var queued = new List<Socket>();
        try
        {
            for (var i = 0; i < Environment.ProcessorCount + 1; i++)
            {
                blocking.Add(await RawHttp.ConnectAsync(server.EndPoint));
                await blocking[i].SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            await EdgeRig.EventuallyAsync(
                () => Volatile.Read(ref held) >= Math.Min(Environment.ProcessorCount, 8),
                "all threads are busy"
            );
            for (var i = 0; i < Queued; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(server.EndPoint);
                queued.Add(socket);
            }
            var ending = server.Server.Listeners.EndConnectionsAsync(IsLocal, Cancellation);
            Assert.False(ending.IsCompleted);
            goOn.Set();
            Assert.InRange(await ending.WaitAsync(Patience, Cancellation), Queued, Queued + blocking.Count);
            foreach (var socket in queued)
            {
                Assert.Equal(0, await socket.ReceiveAsync(new byte[1], Cancellation));
            }
        }
        finally
        {
            goOn.Set();
            blocking.ForEach(static one => one.Dispose());
            queued.ForEach(static one => one.Dispose());
        }
    }

    static bool IsLocal(IGuestPeer client) => client.Peer.Equals(IPAddress.Loopback);
}
