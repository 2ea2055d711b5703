namespace Stackmeta.Core.Lookups;

/// <summary>A port directory that can also list a network as a whole: one question, however many of its guests ask.</summary>
public interface INetworkPortDirectory : IPortDirectory
{
    /// <summary>The ports of a network, or of all networks of a router.</summary>
    /// <returns>
    /// For each address and MAC that a port has what <see cref="IPortDirectory.FindPortAsync"/> would answer; null when the directory could
    /// not be asked. Throws only for cancellation.
    /// </returns>
    ValueTask<IReadOnlyDictionary<GuestAddress, PortAnswer>?> FindPortsAsync(
        NetworkScope scope,
        CancellationToken cancellationToken
    );
}
