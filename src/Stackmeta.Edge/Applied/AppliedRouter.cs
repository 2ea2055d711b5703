namespace Stackmeta.Edge;

/// <summary>The interfaces of a router that are in place now: an unchanging snapshot.</summary>
public sealed class AppliedRouter
{
    readonly Dictionary<Guid, AppliedInterface> _interfaces;

    internal AppliedRouter(Dictionary<Guid, AppliedInterface> interfaces) => _interfaces = interfaces;

    internal static AppliedRouter Nothing { get; } = new([]);

    internal IReadOnlyDictionary<Guid, AppliedInterface> Interfaces => _interfaces;

    internal static AppliedRouter Of(EdgeRouter router) =>
        new(
            router
                .Ports.DistinctBy(static port => port.PortId)
                .ToDictionary(
                    static port => port.PortId,
                    static port => new AppliedInterface(
                        port.NetworkId,
                        string.Join(' ', port.Addresses.Select(one => $"{one.Address}/{one.PrefixLength}"))
                    )
                )
        );

    /// <summary>Whether guests of a network reach the router.</summary>
    public bool IsOn(Guid networkId)
    {
        foreach (var one in _interfaces.Values)
        {
            if (one.NetworkId == networkId)
            {
                return true;
            }
        }
        return false;
    }

    internal AppliedRouter Common(AppliedRouter other) =>
        new(
            _interfaces
                .Where(one => other._interfaces.TryGetValue(one.Key, out var theirs) && theirs == one.Value)
                .ToDictionary()
        );

    internal bool IsSameAs(AppliedRouter other) =>
        _interfaces.Count == other._interfaces.Count && Common(other)._interfaces.Count == _interfaces.Count;
}

/// <summary>An interface of a router that is in place.</summary>
/// <param name="Addresses">With their prefix lengths, one blank between two.</param>
readonly record struct AppliedInterface(Guid NetworkId, string Addresses);
