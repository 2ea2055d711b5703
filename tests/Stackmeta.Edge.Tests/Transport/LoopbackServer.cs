using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>The guests' server with one "namespace", which is this machine's loopback.</summary>
sealed class LoopbackServer : IAsyncDisposable
{
    const string Name = "loopback";

    readonly OneSocket _sockets;

    LoopbackServer(EdgeServer server, OneSocket sockets)
    {
        Server = server;
        _sockets = sockets;
    }

    public EdgeServer Server { get; }

    public EndPoint EndPoint => _sockets.EndPoint!;

    public static async Task<LoopbackServer> StartAsync(
        Func<Request, ValueTask<Response>> handle,
        EdgeServerOptions? options = null
    )
    {
        var sockets = new OneSocket();
        var server = await EdgeServer.StartAsync(
            options ?? new() { Limits = new() { MaxConnections = 0 } },
            sockets,
            new Handling(handle),
            clientOf: null,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken
        );
        await server.Listeners.AddAsync(
            new(EdgeScope.Network(Guid.NewGuid()), Name, [new(IPAddress.Loopback, port: 0)])
        );
        return new(server, sockets);
    }

    public Task CloseNamespaceAsync() => Server.Listeners.RemoveAsync(Name);

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    sealed class OneSocket : INamespaceSockets
    {
        public EndPoint? EndPoint { get; private set; }

        public ValueTask<Socket> ListenAsync(
            string @namespace,
            IPEndPoint endPoint,
            CancellationToken cancellationToken
        )
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
            socket.Listen();
            EndPoint = socket.LocalEndPoint;
            return new(socket);
        }

        public ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public void Forget(string @namespace) { }
    }
}
