using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

/// <summary>A server on loopback behind a trunk, which answers simple requests by itself, or leaves them all to Kestrel.</summary>
sealed partial class MultiplexedServer : IAsyncDisposable
{
    readonly HttpServer _server;
    readonly EventLoops? _loops;
    readonly Acceptor? _accepting;
    readonly ConnectionMultiplexer _multiplexer;

    MultiplexedServer(
        HttpServer server,
        EndPoint endPoint,
        EventLoops? loops,
        Acceptor? accepting,
        ConnectionMultiplexer multiplexer
    )
    {
        (_server, EndPoint, _loops, _accepting, _multiplexer) = (server, endPoint, loops, accepting, multiplexer);
    }

    public EndPoint EndPoint { get; }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<MultiplexedServer> StartAsync(
        Func<Request, ValueTask<Response>> handle,
        HttpServerOptions? options = null,
        bool isKestrelOnly = false
    )
    {
        options ??= new() { Addresses = [] };
        var multiplexer = new ConnectionMultiplexer(TimeProvider.System, NullLogger.Instance);
        var server = await HttpServer.StartAsync(
            options with
            {
                Multiplexer = multiplexer,
            },
            new Handling(handle),
            NullLoggerFactory.Instance,
            Cancellation
        );
        await multiplexer.Attached.WaitAsync(Cancellation);
        if (isKestrelOnly)
        {
            // Every head is too long to be simple then.
            multiplexer.FastPath = new(
                options with
                {
                    MaxHeaders = -1,
                },
                new(new Handling(handle), TimeProvider.System, NullLogger.Instance)
            );
        }
        var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var (endPoint, loops) = (
            listening.LocalEndPoint!,
            new EventLoops(2, "test", new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance))
        );
        var accepting = new Acceptor(
            listening,
            "test",
            loops,
            (loop, socket, peer) => new SocketConnection(socket, peer, loop, multiplexer).Start(),
            TimeProvider.System,
            new(TimeProvider.System, NullLogger.Instance)
        );
        accepting.Start();
        return new(server, endPoint, loops, accepting, multiplexer);
    }

    /// <summary>Completes when no connection is left, for whose time limits it is then so much later.</summary>
    public async Task WaitUntilEmptyAsync(TimeSpan after)
    {
        while (_multiplexer.Connections is { Count: > 0 } connections)
        {
            foreach (var connection in connections)
            {
                connection.TickHeartbeat(
                    TimeProvider.System.GetTimestamp()
                        + (long)(after.TotalSeconds * TimeProvider.System.TimestampFrequency)
                );
            }
            await Task.Delay(10, Cancellation);
        }
    }

    /// <summary>All that is answered to some bytes that end the caller's side, without the date.</summary>
    public async Task<string> TalkAsync(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint, Cancellation);
        await socket.SendAsync(bytes, Cancellation);
        socket.Shutdown(SocketShutdown.Send);
        var answer = new List<byte>();
        var buffer = new byte[65536];
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer, Cancellation)) > 0; )
            {
                answer.AddRange(buffer.AsSpan(0, count));
            }
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
        return Date().Replace(Encoding.Latin1.GetString([.. answer]), "Date: then");
    }

    public async ValueTask DisposeAsync()
    {
        _accepting?.Close();
        await (_loops?.PassAsync() ?? Task.CompletedTask);
        await _server.DisposeAsync();
        _loops?.Dispose();
    }

    [GeneratedRegex(
        "Date: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Date();
}
