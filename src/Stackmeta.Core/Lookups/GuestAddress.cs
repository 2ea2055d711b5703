using System.Net;
using System.Net.Sockets;
using Stackmeta.Core.Networks;

namespace Stackmeta.Core.Lookups;

/// <summary>
/// How a guest is looked up: by fixed IP, or by MAC when it asks from an IPv6 link-local address, which no port stores
/// (spec/neutron-metadata.md §3.3).
/// </summary>
public readonly record struct GuestAddress
{
    GuestAddress(string text, bool isMac)
    {
        Text = text;
        IsMacAddress = isMac;
    }

    /// <summary>The address in its canonical text: dotted quad, compressed lower-case IPv6, or lower-case MAC with colons.</summary>
    public string Text { get; }

    /// <summary>True when <see cref="Text"/> is a MAC address.</summary>
    public bool IsMacAddress { get; }

    /// <summary>Whether it is a fixed IP that no guest can have, so that nobody is known by it even if a store holds it.</summary>
    public bool IsReserved =>
        !IsMacAddress && IPAddress.TryParse(Text, out var address) && ReservedAddresses.Contains(address);

    /// <summary>The key of a port's MAC address, in any case of its letters.</summary>
    public static GuestAddress FromMacAddress(string text) => new(text.ToLowerInvariant(), isMac: true);

    /// <summary>The key of a port's MAC address.</summary>
    public static GuestAddress FromMacAddress(EthernetAddress address) => new(address.ToString(), isMac: true);

    /// <summary>
    /// The key of a peer's address. IPv4-mapped IPv6 becomes IPv4; a link-local address becomes the MAC it was made from.
    /// </summary>
    /// <returns>False for a link-local address that was not made from a MAC (its middle octets are not <c>ff:fe</c>): such a guest cannot
    /// be told from others.</returns>
    public static bool TryFrom(IPAddress address, out GuestAddress guest)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || !address.IsIPv6LinkLocal)
        {
            // A scope id is the receiver's business and no part of a fixed IP.
            guest = new(
                address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0
                    ? new IPAddress(address.GetAddressBytes()).ToString()
                    : address.ToString(),
                isMac: false
            );
            return true;
        }

        if (!EthernetAddress.TryReadInterfaceIdentifier(address, out var mac))
        {
            guest = default;
            return false;
        }
        guest = FromMacAddress(mac);
        return true;
    }
}
