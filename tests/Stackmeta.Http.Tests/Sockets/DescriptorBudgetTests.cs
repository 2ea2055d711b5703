using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

/// <summary>What clients can take of a process's descriptors, and what they cannot.</summary>
public sealed class DescriptorBudgetTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(65_536, 100, 0.75, 47_868)]
    [InlineData(20_000, 1, 0.75, 14_607)]
    [InlineData(20_000, 1, 0.5, 9_738)]
    [InlineData(1_024, 0, 1, 512)]
    // A limit that is too low leaves clients a quarter.
    [InlineData(1_024, 1_000, 1, 256)]
    [InlineData(64, 0, 0.125, 2)]
    [InlineData(1, 0, 0.125, 1)]
    public void A_reserve_is_left(int limit, int namespaces, double part, int connections) =>
        Assert.Equal(connections, new DescriptorBudget(limit, part).For(namespaces));

    [Fact]
    public void The_limit_is_raised_as_far_as_it_goes()
    {
        DescriptorLimit.Raise();
        var hard = File.ReadLines("/proc/self/limits")
            .Single(static line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        Assert.Equal(hard == "unlimited" ? 1 << 20 : Math.Min(1 << 20, int.Parse(hard)), DescriptorLimit.Current);
    }

    /// <summary>Any local user can connect to a port of the loopback interface.</summary>
    [Fact]
    public async Task Trusted_callers_beyond_their_part_are_told_so_and_the_others_are_answered()
    {
        const int Most = 3;
        await using var server = await HttpServer.StartAsync(
            new()
            {
                Addresses = [new IPEndPoint(IPAddress.Loopback, 0)],
                RunsInline = true,
                MaxConnections = Most,
            },
            Handling.Of(static request =>
            {
                // Those that are not make room (IdleEvictionTests).
                request.Connection?.Trust();
                return Handling.Say(request, "");
            }),
            NullLoggerFactory.Instance,
            Cancellation
        );
        var endPoint = server.Addresses.Single();
        var held = new List<Socket>();
        for (var number = 0; number < Most; number++)
        {
            held.Add(await ConnectAsync(endPoint));
            Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(held[^1]));
        }
        using (var beyond = await ConnectAsync(endPoint))
        {
            Assert.StartsWith("HTTP/1.1 503 ", await AskAsync(beyond));
        }
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(held[0]));
        held.ForEach(static socket => socket.Dispose());
        // Once the server has heard that they are gone.
        while (server.OpenConnections > 0)
        {
            await Task.Delay(10, Cancellation);
        }
        using var next = await ConnectAsync(endPoint);
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(next));
    }

    static async Task<Socket> ConnectAsync(EndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, Cancellation);
        return socket;
    }

    static async Task<string> AskAsync(Socket socket)
    {
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancellation);
        var buffer = new byte[4096];
        return Encoding.Latin1.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Cancellation));
    }
}
