using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Http;

/// <summary>
/// Listening sockets that outlive this process: who connects while it is restarted waits in the kernel and is refused by nobody.
/// </summary>
public interface IInheritedSockets
{
    /// <summary>A socket of its own to what an earlier process left for the address; null if it left none.</summary>
    /// <param name="address">An IP or unix address.</param>
    Socket? Find(EndPoint address);

    /// <summary>Keeps a listening socket for the next process; the given one stays the caller's.</summary>
    void Keep(EndPoint address, Socket socket);
}
