namespace Stackmeta.Edge;

/// <summary>How a network of this host fares.</summary>
/// <param name="NetworkId">The network's uuid.</param>
/// <param name="Health">Whether guests are served.</param>
/// <param name="Reason">One sentence for the operator; null when all is well.</param>
public sealed record EdgeNetworkStatus(Guid NetworkId, EdgeNetworkHealth Health, string? Reason)
{
    /// <summary>Whether a step failed that is tried again until it succeeds.</summary>
    public bool IsRetried { get; init; }
}

/// <summary>Whether a network's guests are served.</summary>
public enum EdgeNetworkHealth
{
    /// <summary>Being made for the first time.</summary>
    Starting,

    /// <summary>Everything that the network needs is up.</summary>
    Serving,

    /// <summary>Up, but a part is missing: a process died and is being restarted, or an address is held by another.</summary>
    Degraded,

    /// <summary>Not made: what was asked is senseless, or the machine did not allow it.</summary>
    Failed,
}

/// <summary>Tells that a network's status is now another one.</summary>
public sealed class EdgeNetworkStatusEventArgs(EdgeNetworkStatus status) : EventArgs
{
    public EdgeNetworkStatus Status => status;
}
