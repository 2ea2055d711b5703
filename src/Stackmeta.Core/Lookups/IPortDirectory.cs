using System.Collections.Immutable;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Core.Lookups;

/// <summary>The second question: which port has this address in this network, or on a network of this router?</summary>
public interface IPortDirectory
{
    /// <summary>Finds exactly one port. Does not throw for what the directory says or for its being down; only for cancellation.</summary>
    ValueTask<PortAnswer> FindPortAsync(NetworkScope scope, GuestAddress address, CancellationToken cancellationToken);
}

/// <summary>A port, or why there is none.</summary>
/// <param name="Port">Null when refused; its device id is never empty.</param>
/// <param name="Refusal"><see cref="Refusal.None"/>, <see cref="Refusal.PortNotFound"/>, <see cref="Refusal.PortAmbiguous"/>,
/// <see cref="Refusal.PortWithoutDevice"/> or <see cref="Refusal.PortDirectoryUnavailable"/>.</param>
public readonly record struct PortAnswer(Port? Port, Refusal Refusal)
{
    public static implicit operator PortAnswer(Port port) => new(port, Refusal.None);

    public static implicit operator PortAnswer(Refusal refusal) => new(null, refusal);
}

/// <summary>A port, as far as the path needs it.</summary>
/// <param name="Id">The port's uuid.</param>
/// <param name="NetworkId">The network that it is on.</param>
/// <param name="DeviceId">The instance's uuid, or the id of a router or DHCP server.</param>
/// <param name="ProjectId">The project that owns the port.</param>
public sealed record Port(string Id, string NetworkId, string DeviceId, string ProjectId)
{
    /// <summary>
    /// From which its packets may come: its own first, then those of Neutron's allowed address pairs. Empty when the store has none that
    /// can be on Ethernet.
    /// </summary>
    public ImmutableArray<EthernetAddress> MacAddresses { get; init; } = [];

    static readonly Comparer<EthernetAddress> ByText = Comparer<EthernetAddress>.Create(
        static (one, other) => string.CompareOrdinal(one.ToString(), other.ToString())
    );

    /// <summary>MAC addresses as <see cref="MacAddresses"/> has them: each once, without what is none.</summary>
    /// <param name="own">The port's.</param>
    /// <param name="others">Those of its allowed address pairs.</param>
    public static ImmutableArray<EthernetAddress> ReadMacAddresses(string? own, params ReadOnlySpan<string?> others)
    {
        if (others.IsEmpty)
        {
            return EthernetAddress.TryParse(own, out var only) ? [only] : [];
        }
        var read = ImmutableArray.CreateBuilder<EthernetAddress>(others.Length + 1);
        Add(own);
        foreach (var text in others)
        {
            Add(text);
        }
        // In one order, whichever the store has them in: a port that has not changed is equal to what it was.
        var ownCount = EthernetAddress.TryParse(own, out _) ? 1 : 0;
        read.Sort(ownCount, read.Count - ownCount, ByText);
        return read.DrainToImmutable();

        void Add(string? text)
        {
            if (EthernetAddress.TryParse(text, out var address) && !read.Contains(address))
            {
                read.Add(address);
            }
        }
    }

    /// <summary>Whether all is the same, the MAC addresses one by one.</summary>
    public bool Equals(Port? other) =>
        other is not null
        && Id == other.Id
        && NetworkId == other.NetworkId
        && DeviceId == other.DeviceId
        && ProjectId == other.ProjectId
        && MacAddresses.AsSpan().SequenceEqual(other.MacAddresses.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, NetworkId, DeviceId, ProjectId);
}

/// <summary>Where a connection arrived: a network's namespace or a router's.</summary>
public readonly record struct NetworkScope(NetworkScopeKind Kind, string Id)
{
    /// <summary><c>network</c> or <c>router</c>, for logs.</summary>
    public string KindName => Kind == NetworkScopeKind.Router ? "router" : "network";
}

/// <summary>The two kinds of namespace that Neutron serves metadata in.</summary>
public enum NetworkScopeKind
{
    Network,

    /// <summary>All networks to which the router has an interface; none when it has no interface.</summary>
    Router,
}
