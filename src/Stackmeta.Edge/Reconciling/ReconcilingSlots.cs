namespace Stackmeta.Edge;

/// <summary>How much is done at once for all networks together. What waits in one part holds nothing of another.</summary>
sealed class ReconcilingSlots : IDisposable
{
    /// <summary>Rules: two short programs each.</summary>
    public AttemptSlots Packets { get; } = new(first: 16, again: 4, lookingAfter: 2);

    /// <summary>Links and processes, which are mostly waited for.</summary>
    public AttemptSlots Services { get; } = new(first: 16, again: 4, lookingAfter: 2);

    /// <summary>Routers, which also wait for their networks.</summary>
    public AttemptSlots Routers { get; } = new(first: 16, again: 4, lookingAfter: 2);

    public void Dispose()
    {
        Packets.Dispose();
        Services.Dispose();
        Routers.Dispose();
    }
}
