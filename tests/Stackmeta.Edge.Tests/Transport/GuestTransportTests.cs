using System.Net.Sockets;
using System.Text;
using CsCheck;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>Guests' connections from the accepted socket to the answer, and every way in which they end.</summary>
public sealed class GuestTransportTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Requests that follow each other on one connection, cut anywhere.</summary>
    [Fact]
    public async Task Requests_are_answered_in_order_however_they_are_cut()
    {
        await using var server = await LoopbackServer.StartAsync(EchoAsync);
        await Gen.Select(Gen.Int[0, 6000].Array[1, 12], Gen.Int[1, 3000].Array[1, 30])
            .SampleAsync(
                async (bodies, cuts) =>
                {
                    var requests = bodies.Select(
                        (length, i) =>
                            length == 0
                                ? $"GET /{i} HTTP/1.1\r\nHost: a\r\n\r\n"
                                : $"POST /{i} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{new string((char)('a' + i), length)}"
                    );
                    var bytes = Encoding.Latin1.GetBytes(string.Concat(requests));
                    using var connection = await RawHttp.ConnectAsync(server.EndPoint);
                    var sending = Task.Run(
                        async () =>
                        {
                            for (int at = 0, i = 0; at < bytes.Length; i++)
                            {
                                var length = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
                                await connection.SendAsync(bytes[at..(at + length)]);
                                at += length;
                            }
                        },
                        Cancellation
                    );
                    for (var i = 0; i < bodies.Length; i++)
                    {
                        var answer = await connection.ReadAnswerAsync();
                        Assert.Equal($"/{i} {new string((char)('a' + i), bodies[i])}", answer.Text);
                    }
                    await sending;
                },
                iter: 60,
                threads: 4
            );
    }

    /// <summary>The path, and the body.</summary>
    static async ValueTask<Response> EchoAsync(Request request)
    {
        using var body = new MemoryStream();
        await (request.Body?.CopyToAsync(body, request.Aborted) ?? Task.CompletedTask);
        return Handling.Say(request, $"{request.Target} {Encoding.Latin1.GetString(body.ToArray())}");
    }

    static ValueTask<Response> SayAsync(Request request) => new(Handling.Say(request, "a"));

    /// <summary>By which Kestrel's log lines tell them apart.</summary>
    [Fact]
    public async Task Each_connection_has_a_name_of_its_own()
    {
        await using var server = await LoopbackServer.StartAsync(static request =>
            new(Handling.Say(request, request.Connection!.ConnectionId))
        );
        var names = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var connection = await RawHttp.ConnectAsync(server.EndPoint);
            await connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            names.Add((await connection.ReadAnswerAsync()).Text);
        }
        Assert.Distinct(names);
    }

    /// <summary>A guest with netcat: it ends its own side once it has asked.</summary>
    [Fact]
    public async Task A_guest_that_sends_no_more_is_answered_all_the_same()
    {
        var (arrived, goOn) = (Signal(), Signal());
        await using var server = await LoopbackServer.StartAsync(async request =>
        {
            arrived.SetResult();
            await goOn.Task.WaitAsync(request.Aborted);
            return await SayAsync(request);
        });
        using var connection = await RawHttp.ConnectAsync(server.EndPoint);
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        connection.EndSending();
        await arrived.Task.WaitAsync(Patience, Cancellation);
        goOn.SetResult();
        Assert.Equal("a", (await connection.ReadAnswerAsync()).Text);
    }

    [Fact]
    public async Task A_guest_that_resets_its_connection_aborts_its_request()
    {
        var (arrived, aborted) = (Signal(), Signal());
        await using var server = await LoopbackServer.StartAsync(async request =>
        {
            request.Aborted.Register(aborted.SetResult);
            arrived.SetResult();
            await aborted.Task;
            return Response.CutOff;
        });
        using (var guest = await ConnectAsync(server))
        {
            await guest.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            await arrived.Task.WaitAsync(Patience, Cancellation);
            guest.LingerState = new(enable: true, seconds: 0);
        }
        await aborted.Task.WaitAsync(Patience, Cancellation);
    }

    [Fact]
    public async Task A_guest_that_does_not_read_holds_back_only_its_own_answer()
    {
        const int Length = 32 * 1024 * 1024;
        await using var server = await LoopbackServer.StartAsync(request =>
            request.Target == "/long"
                ? new(Response.Of(request, 200, "text/plain", new byte[Length]))
                : SayAsync(request)
        );
        using var slow = await RawHttp.ConnectAsync(server.EndPoint);
        await slow.SendAsync("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("a", (await RawHttp.AskAsync(server.EndPoint, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        }
        Assert.Equal(Length, (await slow.ReadAnswerAsync()).Body.Length);
    }

    /// <summary>It gives the thread back after each piece that is read.</summary>
    [Fact]
    public async Task A_guest_that_asks_without_end_does_not_keep_its_neighbours_from_being_answered()
    {
        await using var server = await LoopbackServer.StartAsync(SayAsync);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var requests = Encoding.Latin1.GetBytes(
            string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1000))
        );
        // More of them than threads that answer.
        var floods = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => FloodAsync()).ToList();
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("a", (await RawHttp.AskAsync(server.EndPoint, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Text);
        }
        await stop.CancelAsync();
        await Task.WhenAll(floods);

        async Task FloodAsync()
        {
            using var guest = await ConnectAsync(server);
            var reading = ReadToEndAsync(guest);
            try
            {
                while (true)
                {
                    await guest.SendAsync(requests, stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                guest.Shutdown(SocketShutdown.Both);
            }
            await reading;
        }
    }

    /// <summary>So that the answers never hold the requests back.</summary>
    static async Task ReadToEndAsync(Socket guest)
    {
        var buffer = new byte[65536];
        try
        {
            while (await guest.ReceiveAsync(buffer) > 0)
            {
                // What it is does not matter.
            }
        }
        catch (SocketException)
        {
            // A reset is an end too: requests were left unread.
        }
    }

    /// <summary>RFC 9112 §9.6: closed at once, the rest of the body would be answered with a reset, which overtakes the answer.</summary>
    [Fact]
    public async Task A_guest_that_is_refused_while_it_still_sends_gets_the_answer()
    {
        await using var server = await LoopbackServer.StartAsync(EchoAsync);
        for (var i = 0; i < 20; i++)
        {
            using var connection = await RawHttp.ConnectAsync(server.EndPoint);
            await connection.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
            for (var sent = 0; sent < 900_000; sent += 9000)
            {
                await connection.SendAsync(new byte[9000]);
            }
            connection.EndSending();
            Assert.Equal(413, (await connection.ReadAnswerAsync()).Status);
        }
    }

    [Fact]
    public async Task A_guest_that_sends_its_head_too_slowly_is_cut_off()
    {
        await using var server = await LoopbackServer.StartAsync(
            SayAsync,
            new() { RequestHead = TimeSpan.FromSeconds(1), KeepAlive = TimeSpan.FromSeconds(1) }
        );
        using var slow = await RawHttp.ConnectAsync(server.EndPoint);
        await slow.SendAsync("GET / HT");
        Assert.Equal(408, (await slow.ReadAnswerAsync()).Status);
        using var idle = await RawHttp.ConnectAsync(server.EndPoint);
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await idle.ReadAnswerAsync()).Status);
        Assert.Equal(0, (await idle.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task A_stop_lets_the_request_under_way_end_and_cuts_nobody_off_who_waits()
    {
        var (arrived, goOn) = (Signal(), Signal());
        await using var server = await LoopbackServer.StartAsync(async request =>
        {
            arrived.TrySetResult();
            await goOn.Task;
            return await SayAsync(request);
        });
        using var idle = await RawHttp.ConnectAsync(server.EndPoint);
        using var asking = await RawHttp.ConnectAsync(server.EndPoint);
        await asking.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await arrived.Task.WaitAsync(Patience, Cancellation);
        var stopping = server.Server.StopAsync(Cancellation);
        goOn.SetResult();
        Assert.Equal("a", (await asking.ReadAnswerAsync()).Text);
        await stopping.WaitAsync(Patience, Cancellation);
        Assert.Equal(0, (await idle.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task A_stop_that_may_wait_no_longer_ends_everything()
    {
        var arrived = Signal();
        await using var server = await LoopbackServer.StartAsync(async request =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, request.Aborted);
            return Response.CutOff;
        });
        using var asking = await RawHttp.ConnectAsync(server.EndPoint);
        await asking.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await arrived.Task.WaitAsync(Patience, Cancellation);
        using var stop = new CancellationTokenSource();
        var stopping = server.Server.StopAsync(stop.Token);
        await stop.CancelAsync();
        await stopping.WaitAsync(Patience, Cancellation);
        Assert.Equal(0, (await asking.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task A_namespace_that_goes_ends_its_connections()
    {
        await using var server = await LoopbackServer.StartAsync(SayAsync);
        using var connection = await RawHttp.ConnectAsync(server.EndPoint);
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await connection.ReadAnswerAsync()).Status);
        await server.CloseNamespaceAsync();
        Assert.Equal(0, (await connection.ReadAnswerAsync()).Status);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(server));
    }

    static async Task<Socket> ConnectAsync(LoopbackServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint);
        return socket;
    }

    static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
