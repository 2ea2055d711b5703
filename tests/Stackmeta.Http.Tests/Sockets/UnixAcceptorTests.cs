using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

public sealed class UnixAcceptorTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-acceptor-").FullName;
    readonly Socket _listening = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly UnixAcceptor _acceptor;

    public UnixAcceptorTests()
    {
        _listening.Bind(new UnixDomainSocketEndPoint(Server));
        _listening.Listen();
        _acceptor = new(_listening, new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance));
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string Server => Path.Combine(_folder, "s");

    public void Dispose()
    {
        _acceptor.Dispose();
        _listening.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Server), Cancellation);
        return client;
    }

    [Fact]
    public async Task Who_came_together_is_accepted_one_by_one_and_who_comes_later_too()
    {
        for (var round = 0; round < 3; round++)
        {
            var waiting = _acceptor.AcceptAsync(Cancellation);
            using var first = await ConnectAsync();
            using var second = await ConnectAsync();
            using var firsts = await waiting;
            using var seconds = await _acceptor.AcceptAsync(Cancellation);
            await first.SendAsync("1"u8.ToArray(), Cancellation);
            await second.SendAsync("2"u8.ToArray(), Cancellation);
            var received = new byte[1];
            await firsts.ReceiveAsync(received, Cancellation);
            Assert.Equal("1"u8, received);
            await seconds.ReceiveAsync(received, Cancellation);
            Assert.Equal("2"u8, received);
        }
    }

    [Fact]
    public async Task A_peer_whose_address_has_no_end_is_a_connection_as_any_other()
    {
        using var client = await UnendedPath.ConnectAsync(Server);
        using var accepted = await _acceptor.AcceptAsync(Cancellation);
        await client.SendAsync("x"u8.ToArray(), Cancellation);
        Assert.Equal(1, await accepted.ReceiveAsync(new byte[1], Cancellation));
    }

    [Fact]
    public async Task A_wait_that_was_given_up_takes_no_connection()
    {
        using var giveUp = new CancellationTokenSource();
        var waiting = _acceptor.AcceptAsync(giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        using var client = await ConnectAsync();
        using var accepted = await _acceptor.AcceptAsync(Cancellation);
        Assert.True(accepted.Connected);
    }
}
