using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Stackmeta.Edge.Tests;

/// <summary>OSSN-0027: the address alone is nobody, also where it looks as if it told a MAC.</summary>
public sealed class UnknownMacTests
{
    /// <summary>struct nlmsgerr with ENOENT: the kernel has no such neighbour.</summary>
    static readonly byte[] NoSuchNeighbour =
    [
        36,
        0,
        0,
        0,
        2,
        0,
        0,
        0,
        .. new byte[8],
        0xfe,
        0xff,
        0xff,
        0xff,
        .. new byte[16],
    ];

    [Theory]
    [InlineData("fe80::f816:3eff:fe00:5%2", true, 404)]
    [InlineData("fe80::1%2", true, 404)]
    [InlineData("fe80::f816:3eff:fe00:5%2", false, 503)]
    [InlineData("fe80::1%2", false, 503)]
    public async Task OSSN0027_a_guest_without_a_known_MAC_is_given_nothing(
        string address,
        bool kernelAnswers,
        int status
    )
    {
        using var kernel = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        kernel.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var neighbours = new NeighbourTable(
            new PlayedKernel(kernelAnswers ? (IPEndPoint)kernel.LocalEndPoint! : null),
            static _ => true
        );
        var guests = new LinkLocalGuests(neighbours, connected: null, TimeProvider.System, NullLogger.Instance);
        var context = new DefaultHttpContext();
        context.Features.Set<IGuestArrivalFeature>(new Arrival(IPAddress.Parse(address)));
        var asked = guests.Know(_ => throw new InvalidOperationException("It was answered."))(context);
        if (kernelAnswers)
        {
            var question = new byte[100];
            var from = await kernel.ReceiveFromAsync(question, new IPEndPoint(IPAddress.Any, 0));
            await kernel.SendToAsync(NoSuchNeighbour, from.RemoteEndPoint);
        }
        await asked;
        Assert.Equal(status, context.Response.StatusCode);
        Assert.Equal(status == 503, context.Response.Headers.RetryAfter.Count == 1);
    }

    sealed record Arrival(IPAddress Peer) : IGuestArrivalFeature
    {
        public EdgeScope Scope { get; } = EdgeScope.Network(Guid.NewGuid());

        public string Namespace => "qdhcp-x";
    }

    /// <param name="kernel">Null for a namespace that is gone.</param>
    sealed class PlayedKernel(IPEndPoint? kernel) : INamespaceSockets
    {
        public ValueTask<Socket> ListenAsync(
            string @namespace,
            IPEndPoint endPoint,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public async ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(
                kernel ?? throw new EdgeException("Namespace qdhcp-x: open: No such file or directory"),
                cancellationToken
            );
            return socket;
        }

        public void Forget(string @namespace) => throw new NotSupportedException();
    }
}
