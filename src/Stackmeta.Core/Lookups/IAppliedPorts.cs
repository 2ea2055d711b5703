namespace Stackmeta.Core.Lookups;

/// <summary>
/// What packets of the networks that this host provides obey now: a snapshot that is published only after the packet rules of that state
/// hold and the connections of changed ports were ended. Answers follow it, so that none goes out under the rules of another state.
/// </summary>
/// <remarks>Safe for all threads.</remarks>
public interface IAppliedPorts
{
    /// <summary>
    /// Completes when the snapshot changes next. To be got before <see cref="Check"/>: then no change is missed between the check and the
    /// wait.
    /// </summary>
    Task NextChange { get; }

    /// <summary>Whether a port, as the store names it, is what packets obey on its network now.</summary>
    /// <param name="scope">Where its guest asks: a router's guests are those of the networks that its interfaces are on now.</param>
    /// <param name="port">Its id, network, device and MACs are compared.</param>
    /// <param name="address">By which it was found; has to be one of the port's.</param>
    AppliedPortState Check(NetworkScope scope, Port port, GuestAddress address);
}

/// <summary>What <see cref="IAppliedPorts.Check"/> found.</summary>
public enum AppliedPortState
{
    /// <summary>This host does not provide the port's network: others see to the order of its changes.</summary>
    NotProvidedHere,

    /// <summary>What the store says is applied.</summary>
    Agrees,

    /// <summary>The store or what was looked up of it is ahead of what is applied, or behind.</summary>
    Differs,
}
