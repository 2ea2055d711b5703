using System.Net;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;
using Stackmeta.Edge;

namespace Stackmeta.Simulation.Tests;

/// <summary>A guest's connection: what it claims, what rules have let it claim, and whose port it was when it was made.</summary>
/// <param name="scope">Where it arrived.</param>
/// <param name="network">On which the guest is.</param>
/// <param name="port">At whose interface the guest is.</param>
/// <param name="source">The address of its packets.</param>
/// <param name="claimed">The MAC of its frames.</param>
/// <param name="syn">Whether the kernel has kept its SYN.</param>
sealed class Client(EdgeScope scope, Guid network, Guid port, IPAddress source, EthernetAddress claimed, SynSource syn)
    : IGuestPeer
{
    ClientIdentity _identity;
    string? _bound;
    string? _owner;

    public EdgeScope Scope => scope;

    public Guid Network => network;

    public Guid Port => port;

    public string Namespace => "";

    public IPAddress Peer => _identity.Address;

    public EthernetAddress? Mac => _identity.Mac;

    public string ScopeId { get; } = scope.Id.ToString();

    /// <summary>Whose port it was, by the packet rules of that moment.</summary>
    public string Owner => _owner!;

    /// <summary>Whether anything still reaches it. Written under the machine's lock.</summary>
    public volatile bool IsEnded;

    /// <summary>The agent of this process knows it, or that of another by headers; made by who asks first.</summary>
    public GuestConnection? Feature { get; set; }

    public bool IsForwarded { get; init; }

    public bool TryBind(string port) =>
        Interlocked.CompareExchange(ref _bound, port, null) is not { } bound || bound == port;

    /// <summary>Whether it comes about, and as whom the edge knows it.</summary>
    /// <param name="rule">Of its port.</param>
    public bool TryConnect(EdgeHost? rule)
    {
        if (
            !IsPassed(rule)
            || ClientIdentity.Identify(source, syn, claimed, hasAntiSpoofing: true, out _identity) != Refusal.None
        )
        {
            return false;
        }
        _owner = rule!.DeviceId;
        return true;
    }

    /// <summary>As the rules of attached guests have it: the port's MAC, its addresses, and link-local ones.</summary>
    public bool IsPassed(EdgeHost? rule) =>
        rule is not null
        && EthernetAddress.Read(rule.Mac.GetAddressBytes()) == claimed
        && (source.IsIPv6LinkLocal || rule.Addresses.Contains(source));
}
