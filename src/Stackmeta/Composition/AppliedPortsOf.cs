using Stackmeta.Core.Lookups;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>What the agent asks before it answers, told by the edge: of this process, or by files of another one.</summary>
sealed class AppliedPortsOf(IAppliedState applied) : IAppliedPorts
{
    /// <summary>The longest text of an IPv6 address with its last four octets as IPv4.</summary>
    const int LongestAddress = 45;

    public Task NextChange => applied.NextChange;

    public AppliedPortState Check(NetworkScope scope, Port port, GuestAddress address)
    {
        if (!Guid.TryParse(port.NetworkId, out var network) || applied.FindNetwork(network) is not { } ports)
        {
            return AppliedPortState.NotProvidedHere;
        }
        return
            Guid.TryParse(port.Id, out var id)
            && ports.TryFind(id, out var found)
            && found.DeviceId == port.DeviceId
            && port.MacAddresses.Contains(found.Mac)
            && IsOf(found, address)
            && IsReached(scope, network)
            ? AppliedPortState.Agrees
            : AppliedPortState.Differs;
    }

    /// <summary>Whether guests of a network ask in that namespace now. One of another host is another's to know.</summary>
    bool IsReached(NetworkScope scope, Guid network) =>
        scope.Kind != NetworkScopeKind.Router
        || !Guid.TryParse(scope.Id, out var router)
        || applied.FindRouter(router) is not { } found
        || found.IsOn(network);

    static bool IsOf(in AppliedPort port, GuestAddress address)
    {
        Span<char> text = stackalloc char[LongestAddress];
        if (address.IsMacAddress)
        {
            return string.Equals(port.Mac.ToString(), address.Text, StringComparison.Ordinal);
        }
        foreach (var one in port.Addresses)
        {
            if (one.TryFormat(text, out var length) && text[..length].SequenceEqual(address.Text))
            {
                return true;
            }
        }
        return false;
    }
}
