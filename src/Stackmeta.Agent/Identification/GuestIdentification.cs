using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Primitives;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>Whose request it is, as far as the connection and the proxy in front tell.</summary>
/// <param name="Scope">The network or router.</param>
/// <param name="Address">The guest's address or MAC.</param>
/// <param name="ClientAddress">The address as it was written, for the API's X-Forwarded-For.</param>
readonly record struct Guest(NetworkScope Scope, GuestAddress Address, string ClientAddress)
{
    /// <summary>The MAC of its packets; null when it is not known, or nobody has told it.</summary>
    public EthernetAddress? Mac { get; init; }

    /// <summary>Its connection, where this process has accepted it; null where a proxy asks.</summary>
    public IGuestClient? Connection { get; init; }

    /// <summary>Whether the proxy is to be told which port it is (<see cref="GuestIdentification.PortHeader"/>).</summary>
    public bool IsPortTold { get; init; }

    /// <summary>
    /// Whether its MAC is the port's, where that can be said: a network's guests are on its link, while a router's may be behind another
    /// router, whose MAC their packets have. Link-local addresses are never routed.
    /// </summary>
    public bool MayBe(Port port) =>
        Mac is not { } mac
        || (Scope.Kind == NetworkScopeKind.Router && !Address.IsMacAddress)
        || port.MacAddresses.Contains(mac);
}

/// <summary>Reads scope and address off a request (spec/neutron-metadata.md §3.3).</summary>
/// <remarks>
/// The proxy sets its own identity header and appends its own X-Forwarded-For after whatever the guest sent. So a scope header
/// that is there twice is refused, and of the addresses only the last is believed (LP#1865036, OSSN-0074). Names spelt with
/// <c>_</c>, which Neutron's agent takes for the same headers, are other headers here.
/// </remarks>
static class GuestIdentification
{
    static readonly (string Name, NetworkScopeKind Kind)[] ScopeHeaders =
    [
        ("X-Neutron-Network-ID", NetworkScopeKind.Network),
        ("X-Neutron-Router-ID", NetworkScopeKind.Router),
        ("X-OVN-Network-ID", NetworkScopeKind.Network),
    ];

    const string ForwardedForHeader = "X-Forwarded-For";

    /// <summary>
    /// The MAC of the guest's packets, as our edge tells it, or <see cref="UnknownMac"/>. It can only narrow who is answered: one that a
    /// guest has written, where another proxy lets it through, gains nothing.
    /// </summary>
    const string MacHeader = "X-Stackmeta-Client-MAC";

    const string UnknownMac = "unknown";

    /// <summary>Answers <see cref="MacHeader"/>: port and device, so that our edge sees when another port has the address.</summary>
    public const string PortHeader = "X-Stackmeta-Port";

    /// <summary>What <see cref="PortHeader"/> has.</summary>
    public static string TextOf(Port port) => $"{port.Id}/{port.DeviceId}";

    public static Refusal Identify(Request request, out Guest guest)
    {
        guest = default;
        if (request.Client is IGuestClient connection)
        {
            guest = new(connection.Scope, connection.Address ?? default, connection.ClientAddress)
            {
                Mac = connection.Mac,
                Connection = connection,
            };
            return connection.Address is null ? Refusal.PortNotFound : Refusal.None;
        }

        var headers = request.Headers;
        var refusal = ReadScope(headers, out var scope);
        if (refusal != Refusal.None)
        {
            return refusal;
        }
        refusal = ReadAddress(headers, out var client, out var address);
        if (refusal != Refusal.None)
        {
            guest = new(scope, default, client);
            return refusal;
        }
        // A link-local address that was not made from a MAC belongs to no port that anybody knows.
        if (!GuestAddress.TryFrom(address, out var key))
        {
            guest = new(scope, default, client);
            return Refusal.PortNotFound;
        }
        var hasMac = headers.TryGetValue(MacHeader, out var macs);
        if (!TryReadMac(macs, out var mac))
        {
            guest = new(scope, default, client);
            return Refusal.RequestMalformed;
        }
        guest = new(scope, key, client) { Mac = mac, IsPortTold = hasMac };
        return Refusal.None;
    }

    static bool TryReadMac(StringValues values, out EthernetAddress? mac)
    {
        mac = null;
        if (values.Count == 0 || values is [UnknownMac])
        {
            return true;
        }
        if (values.Count != 1 || !EthernetAddress.TryParse(values[0], out var one))
        {
            return false;
        }
        mac = one;
        return true;
    }

    static Refusal ReadScope(RequestHeaders headers, out NetworkScope scope)
    {
        scope = default;
        var refusal = Refusal.ScopeHeaderMissing;
        foreach (var (name, kind) in ScopeHeaders)
        {
            // An empty one says nothing, as with Neutron's agent.
            if (!headers.TryGetValue(name, out var values) || values is [""])
            {
                continue;
            }
            if (refusal == Refusal.None || values.Count != 1)
            {
                return Refusal.ScopeHeadersConflict;
            }
            scope = new(kind, values[0]!);
            refusal = Refusal.None;
        }
        return refusal;
    }

    static Refusal ReadAddress(RequestHeaders headers, out string client, out IPAddress address)
    {
        address = IPAddress.None;
        client = "";
        if (!headers.TryGetValue(ForwardedForHeader, out var values) || StringValues.IsNullOrEmpty(values))
        {
            return Refusal.AddressHeaderMissing;
        }
        var line = values[^1] ?? "";
        var comma = line.LastIndexOf(',');
        client = comma < 0 ? line : line[(comma + 1)..].Trim();
        return TryParse(client, out address) ? Refusal.None : Refusal.AddressMalformed;
    }

    /// <summary>
    /// One address in its usual form; none of the abbreviations that a parser may take (<c>10.5</c>, <c>0x0a000005</c>, brackets).
    /// </summary>
    static bool TryParse(string text, out IPAddress address)
    {
        if (!IPAddress.TryParse(text, out var parsed))
        {
            address = IPAddress.None;
            return false;
        }
        address = parsed;
        return parsed.AddressFamily == AddressFamily.InterNetwork
            ? string.Equals(parsed.ToString(), text, StringComparison.Ordinal)
            : !text.StartsWith('[');
    }
}
