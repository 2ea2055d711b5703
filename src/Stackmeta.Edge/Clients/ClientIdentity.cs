using System.Net;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Edge;

/// <summary>
/// Who a connection's client is within its network or router, decided when it is accepted, by where its packets come from and never by the
/// kernel's table of neighbours, which guests can steer.
/// </summary>
/// <param name="Address">
/// By which the agent finds the port. A link-local client stands for its MAC, whichever address it has: then it is the one that is made of
/// the MAC (RFC 4291, appendix A), with its zone.
/// </param>
/// <param name="Mac">By which its first packet came; null when only the address is known.</param>
readonly record struct ClientIdentity(IPAddress Address, EthernetAddress? Mac)
{
    /// <summary>Decides who it is.</summary>
    /// <param name="peer">The socket's, IPv4 not mapped into IPv6.</param>
    /// <param name="source">What its SYN says.</param>
    /// <param name="mac">The MAC of <see cref="SynSource.Ethernet"/>.</param>
    /// <param name="hasAntiSpoofing">Whether the network lets each port send from its own addresses only: then an address alone is
    /// proof.</param>
    /// <param name="client">Gets the identity.</param>
    /// <returns><see cref="Refusal.None"/>, <see cref="Refusal.GuestMacUnknown"/> or <see cref="Refusal.GuestMacUnavailable"/>.</returns>
    public static Refusal Identify(
        IPAddress peer,
        SynSource source,
        EthernetAddress mac,
        bool hasAntiSpoofing,
        out ClientIdentity client
    )
    {
        if (source == SynSource.Ethernet)
        {
            client = new(peer.IsIPv6LinkLocal ? MadeOf(mac, peer) : peer, mac);
            return Refusal.None;
        }
        // A guest can bring it about that the kernel keeps no SYN. What is believed then must be what nobody can choose.
        client = new(peer, null);
        return hasAntiSpoofing && (!peer.IsIPv6LinkLocal || IsMadeOfMac(peer)) ? Refusal.None
            : source == SynSource.NotKept ? Refusal.GuestMacUnknown
            : Refusal.GuestMacUnavailable;
    }

    /// <summary>The link-local address of a MAC; the same object when the peer has it already, as most have.</summary>
    static IPAddress MadeOf(EthernetAddress mac, IPAddress peer)
    {
        if (EthernetAddress.TryReadInterfaceIdentifier(peer, out var own) && own == mac && IsPlainPrefix(peer))
        {
            return peer;
        }
        return mac.ToLinkLocal(peer.ScopeId);
    }

    static bool IsMadeOfMac(IPAddress peer) =>
        EthernetAddress.TryReadInterfaceIdentifier(peer, out var mac) && mac.IsUnicast && IsPlainPrefix(peer);

    /// <summary>fe80::/64, and nothing else of fe80::/10 (RFC 4291 §2.5.6).</summary>
    static bool IsPlainPrefix(IPAddress peer)
    {
        Span<byte> bytes = stackalloc byte[16];
        peer.TryWriteBytes(bytes, out _);
        return bytes[..8].SequenceEqual((ReadOnlySpan<byte>)[0xfe, 0x80, 0, 0, 0, 0, 0, 0]);
    }
}
