using System.Net;
using Stackmeta.Inventory;

namespace Stackmeta.Agent;

/// <summary>
/// What a listener in a network's namespace knows about a connection. When a connection has it, headers are not looked at:
/// nothing that the guest writes can say who it is.
/// </summary>
public interface IGuestConnectionFeature
{
    /// <summary>Where the connection arrived.</summary>
    NetworkScope Scope { get; }

    /// <summary>The socket's peer.</summary>
    IPAddress Peer { get; }
}
