using System.Collections.Frozen;

namespace Stackmeta.Edge;

/// <summary>
/// Headers that name who asks. What a guest sends under one of these names never goes further, however it is spelt: Python's
/// WSGI turns both <c>-</c> and <c>_</c> into <c>_</c>, so each mixture reaches an agent as the same header (LP#1865036).
/// </summary>
static class IdentityHeaders
{
    public const string NetworkId = "X-Neutron-Network-ID";
    public const string RouterId = "X-Neutron-Router-ID";
    public const string OvnNetworkId = "X-OVN-Network-ID";
    public const string ForwardedFor = "X-Forwarded-For";

    /// <summary>
    /// Tells our agent the client's MAC, which has to be the port's too; others do not know it. It can only narrow who is answered, so that
    /// one which a guest has written, where a stock proxy lets it through, gains nothing.
    /// </summary>
    public const string ClientMac = "X-Stackmeta-Client-MAC";

    /// <summary>In the place of a MAC that is not known: the agent is to name the port all the same.</summary>
    public const string UnknownMac = "unknown";

    /// <summary>In the response to a request with <see cref="ClientMac"/>: port and device that the client was found to have.</summary>
    public const string Port = "X-Stackmeta-Port";

    /// <summary>In lower case with hyphens.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "x-neutron-network-id",
        "x-neutron-router-id",
        "x-ovn-network-id",
        "x-forwarded-for",
        "x-stackmeta-client-mac",
        "x-stackmeta-port",
        "x-instance-id",
        "x-instance-id-signature",
        "x-tenant-id",
        "x-metadata-provider",
        "x-metadata-provider-signature",
    ];

    static readonly FrozenSet<string> Known = Names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The header by which an agent is told where a request arrived.</summary>
    public static string Of(EdgeScopeKind kind) =>
        kind switch
        {
            EdgeScopeKind.Router => RouterId,
            EdgeScopeKind.OvnNetwork => OvnNetworkId,
            _ => NetworkId,
        };

    /// <summary>Whether a header of this name would be taken for one of them.</summary>
    public static bool Contains(string name) => Known.Contains(name.Contains('_') ? name.Replace('_', '-') : name);
}
