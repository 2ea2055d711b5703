using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>
/// The one thing that needs rights: sockets that belong to another network namespace. Whoever has them, accepts and
/// answers as an ordinary user.
/// </summary>
/// <remarks>
/// A namespace is named as below <c>/run/netns</c>, or by an absolute path such as <c>/proc/123/ns/net</c>. Safe for all
/// threads; each call is about one namespace, and one that cannot be entered harms no other.
/// </remarks>
public interface INamespaceSockets
{
    /// <summary>
    /// A listening TCP socket, also on an address that no interface has yet, or that is not yet known to be the only one
    /// on its link.
    /// </summary>
    /// <param name="namespace">Where.</param>
    /// <param name="endPoint">A link-local address has the index of its interface in that namespace as its scope.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The caller's to dispose of.</returns>
    /// <exception cref="EdgeException">The namespace is gone, or another program has the port.</exception>
    ValueTask<Socket> ListenAsync(string @namespace, IPEndPoint endPoint, CancellationToken cancellationToken);

    /// <summary>
    /// A routing socket (rtnetlink(7)) that is told of every change of the namespace's IPv6 addresses.
    /// </summary>
    /// <inheritdoc cref="ListenAsync"/>
    ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken);

    /// <summary>
    /// The namespace is no longer listened in because it is gone or not wanted: what was kept for it, for a later process,
    /// is given up, since any socket keeps a namespace alive. Not called when this process ends.
    /// </summary>
    void Forget(string @namespace);
}
