using Stackmeta.Core.Lookups;
using Stackmeta.Core.Networks;

namespace Stackmeta.Agent;

/// <summary>
/// What a listener in a network's namespace knows about a connection. When a connection has it, headers are not looked at:
/// nothing that the guest writes can say who it is.
/// </summary>
public interface IGuestClient
{
    /// <summary>Where the connection arrived.</summary>
    NetworkScope Scope { get; }

    /// <summary>By which the port is looked up; null for a link-local address that was not made of a MAC.</summary>
    GuestAddress? Address { get; }

    /// <summary>The address in its usual text, for the API's X-Forwarded-For.</summary>
    string ClientAddress { get; }

    /// <summary>By which the connection's first packet came; null when it is not known.</summary>
    EthernetAddress? Mac { get; }

    /// <summary>
    /// The port that the connection is tied to from its first identified request on, for the agent to set; null before. Requests of a
    /// connection follow each other, and so do the agent's uses of it.
    /// </summary>
    Port? BoundPort { get; set; }
}
