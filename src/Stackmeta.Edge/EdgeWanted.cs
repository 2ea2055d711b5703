namespace Stackmeta.Edge;

/// <summary>What a host is to provide.</summary>
public sealed record EdgeWanted
{
    public IReadOnlyList<EdgeNetwork> Networks { get; init; } = [];

    public IReadOnlyList<EdgeRouter> Routers { get; init; } = [];

    /// <summary>Networks that are there, but what is wanted of them cannot be told, and why: they stay as they are.</summary>
    public IReadOnlyDictionary<Guid, string> UnknownNetworks { get; init; } = new Dictionary<Guid, string>();
}
