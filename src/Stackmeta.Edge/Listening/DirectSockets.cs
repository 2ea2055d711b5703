using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>This process enters the namespaces itself, which needs CAP_SYS_ADMIN, and CAP_NET_BIND_SERVICE for port 80.</summary>
public sealed class DirectSockets : INamespaceSockets
{
    public ValueTask<Socket> ListenAsync(string @namespace, IPEndPoint endPoint, CancellationToken cancellationToken) =>
        new(ListeningSocket.Open(@namespace, endPoint));

    public ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken) =>
        new(Ipv6Watch.OpenSocket(@namespace));

    public void Forget(string @namespace)
    {
        // Nothing is kept.
    }
}
