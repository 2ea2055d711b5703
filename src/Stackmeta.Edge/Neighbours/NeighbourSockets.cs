using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>The sockets of who listens, and whose MACs are asked for where they listen: a namespace that is forgotten is so by both.</summary>
sealed class NeighbourSockets(INamespaceSockets sockets, NeighbourTable neighbours) : INamespaceSockets
{
    public ValueTask<Socket> ListenAsync(string @namespace, IPEndPoint endPoint, CancellationToken cancellationToken) =>
        sockets.ListenAsync(@namespace, endPoint, cancellationToken);

    public ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken) =>
        sockets.WatchIpv6Async(@namespace, cancellationToken);

    public void Forget(string @namespace)
    {
        neighbours.Forget(@namespace);
        sockets.Forget(@namespace);
    }
}
