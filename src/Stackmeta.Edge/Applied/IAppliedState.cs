namespace Stackmeta.Edge;

/// <summary>What packets of this host's own networks obey now (docs/map.md, "How a change travels").</summary>
/// <remarks>Safe for all threads.</remarks>
public interface IAppliedState
{
    /// <summary>Completes when something of it changes next, or may have.</summary>
    Task NextChange { get; }

    /// <summary>What is applied of a network; null when this host does not provide it.</summary>
    AppliedNetwork? FindNetwork(Guid id);

    /// <summary>What is applied of a router; null when this host does not provide it.</summary>
    AppliedRouter? FindRouter(Guid id);
}
