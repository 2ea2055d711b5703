using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>
/// The clients whose connections must end before a change shows: those who were, or will be, at an address or a MAC that changes hands.
/// </summary>
public sealed class ChangedPeers
{
    readonly HashSet<IPAddress> _addresses = [];
    readonly HashSet<EthernetAddress> _macs = [];

    /// <summary>Whether it is not known who was there before: then all of them.</summary>
    public bool IsEverybody { get; private init; }

    internal static ChangedPeers Everybody { get; } = new() { IsEverybody = true };

    internal bool IsNobody => !IsEverybody && _addresses.Count == 0;

    /// <summary>Their addresses, the link-local one of each MAC among them.</summary>
    internal IReadOnlyCollection<IPAddress> Addresses => _addresses;

    /// <summary>Those whose ports differ between what was, or may have been, and what will be.</summary>
    internal static ChangedPeers Between(IEnumerable<AppliedNetwork> before, AppliedNetwork after)
    {
        var changed = new ChangedPeers();
        foreach (var one in before)
        {
            changed.AddDifferent(one, after);
            changed.AddDifferent(after, one);
        }
        return changed;
    }

    /// <summary>Whether a connection is one of theirs.</summary>
    /// <param name="peer">Its source, with or without a zone.</param>
    /// <param name="mac">Who sent its SYN; null where that is not known.</param>
    public bool Include(IPAddress peer, EthernetAddress? mac) =>
        IsEverybody
        || (mac is { } known && _macs.Contains(known))
        || _addresses.Contains(peer.IsIPv6LinkLocal && peer.ScopeId != 0 ? new(peer.GetAddressBytes()) : peer);

    void AddDifferent(AppliedNetwork one, AppliedNetwork other)
    {
        foreach (var (id, port) in one.Ports)
        {
            if (!other.TryFind(id, out var theirs) || !theirs.Equals(port))
            {
                _macs.Add(port.Mac);
                _addresses.Add(port.Mac.ToLinkLocal());
                _addresses.UnionWith(port.Addresses);
            }
        }
    }
}
