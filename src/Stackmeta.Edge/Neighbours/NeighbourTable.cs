using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>
/// Which MAC a guest has on its link, by the kernel's own word: the entry by which it sends its answers to the guest. On a link that lets
/// nobody use another's MAC, as a cloud's ports do, nobody can forge it.
/// </summary>
/// <param name="sockets">Where routing sockets of namespaces are had from.</param>
sealed class NeighbourTable(INamespaceSockets sockets)
{
    /// <summary>The kernel answers at once; an opener that is away is started again within a second.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>An answer is a hundred bytes; news of addresses, which may come before it, are not longer.</summary>
    const int LongestAnswer = 1024;

    /// <summary>The MAC of a neighbour that a packet has just come from.</summary>
    /// <param name="namespace">As in <see cref="INamespaceSockets"/>.</param>
    /// <param name="address">IPv6, with the index of its interface in that namespace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the kernel knows none.</returns>
    /// <exception cref="EdgeException">It cannot be asked.</exception>
    public async ValueTask<PhysicalAddress?> FindMacAsync(
        string @namespace,
        IPAddress address,
        CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var socket = await sockets.WatchIpv6Async(@namespace, limit.Token);
            await socket.SendAsync(NeighbourMessage.AskFor(address), limit.Token);
            var buffer = new byte[LongestAnswer];
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, limit.Token);
                if (NeighbourMessage.TryRead(buffer.AsSpan(0, length), address, out var mac))
                {
                    return mac;
                }
            }
        }
        catch (SocketException e)
        {
            throw new EdgeException($"The neighbours in {@namespace} cannot be asked for: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EdgeException($"The neighbours in {@namespace} cannot be asked for in time.", e);
        }
    }
}
