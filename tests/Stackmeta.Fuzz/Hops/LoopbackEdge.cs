using System.Net;
using System.Net.Sockets;
using Stackmeta.Edge;
using Stackmeta.Http;

namespace Stackmeta.Fuzz;

/// <summary>The guests' server with one "namespace", which is this machine's loopback.</summary>
static class LoopbackEdge
{
    public static async Task<(EdgeServer Server, EndPoint EndPoint)> StartAsync(
        IRequestHandler handler,
        Func<IGuestPeer, object>? clientOf,
        FaultLog log
    )
    {
        var sockets = new OneSocket();
        var server = await EdgeServer.StartAsync(
            new() { Limits = new() { MaxConnections = 0 } },
            sockets,
            handler,
            clientOf,
            TimeProvider.System,
            log,
            CancellationToken.None
        );
        await server.Listeners.AddAsync(
            new(EdgeScope.Network(Rig.Network), "loopback", [new(IPAddress.Loopback, port: 0)])
        );
        return (server, sockets.EndPoint!);
    }

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
