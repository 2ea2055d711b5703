using System.Globalization;
using System.Net;

namespace Stackmeta.Edge;

/// <summary>
/// Which sockets an opener gives at all. Who asks it has spoken with guests, so it may be anybody's by now: it gets what
/// metadata is served with, and nothing of the host or of other namespaces.
/// </summary>
static class OpenerRules
{
    static readonly string[] NetworkPrefixes = ["qdhcp-", "ovnmeta-"];
    const string RouterPrefix = "qrouter-";
    const string ProcessPrefix = "/proc/";
    const string ProcessSuffix = "/ns/net";

    /// <summary>Whether metadata may be served in a namespace of that name.</summary>
    public static OpenerRefusal CheckNamespace(string name) =>
        KindOf(name) is null ? OpenerRefusal.NotAMetadataNamespace : OpenerRefusal.None;

    /// <summary>Whether metadata may be served there.</summary>
    public static OpenerRefusal Check(string name, IPEndPoint? endPoint) =>
        KindOf(name) is not { } kind ? OpenerRefusal.NotAMetadataNamespace
        : endPoint is not null
        && (
            (kind != NamespaceKind.Router && IsMetadataAddress(endPoint))
            || (kind != NamespaceKind.Network && IsRouterAddress(endPoint))
        )
            ? OpenerRefusal.None
        : OpenerRefusal.NotAMetadataAddress;

    /// <summary>The process of a name like <c>/proc/123/ns/net</c>; null for other names.</summary>
    public static int? ProcessOf(string name) =>
        name.StartsWith(ProcessPrefix, StringComparison.Ordinal)
        && name.EndsWith(ProcessSuffix, StringComparison.Ordinal)
        && name.Length > ProcessPrefix.Length + ProcessSuffix.Length
        && name[ProcessPrefix.Length] != '0'
        && int.TryParse(
            name.AsSpan(ProcessPrefix.Length, name.Length - ProcessPrefix.Length - ProcessSuffix.Length),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var process
        )
            ? process
            : null;

    static NamespaceKind? KindOf(string name) =>
        NetworkPrefixes.Any(prefix => IsOf(prefix, name)) ? NamespaceKind.Network
        : IsOf(RouterPrefix, name) ? NamespaceKind.Router
        : ProcessOf(name) is not null ? NamespaceKind.Process
        : null;

    static bool IsOf(string prefix, string name) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && Guid.TryParseExact(name.AsSpan(prefix.Length), "D", out var id)
        && id.ToString().AsSpan().SequenceEqual(name.AsSpan(prefix.Length));

    /// <summary>The addresses that guests ask, IPv6 on one interface.</summary>
    static bool IsMetadataAddress(IPEndPoint endPoint) =>
        endPoint.Port == MetadataAddress.Port
        && (
            endPoint.Address.Equals(MetadataAddress.Ipv4)
            || (
                endPoint.Address is { IsIPv6LinkLocal: true, ScopeId: > 0 }
                && endPoint.Address.GetAddressBytes().AsSpan().SequenceEqual(MetadataAddress.Ipv6.GetAddressBytes())
            )
        );

    /// <summary>Where a router's rules redirect to.</summary>
    static bool IsRouterAddress(IPEndPoint endPoint) =>
        endPoint.Port == MetadataAddress.RouterPort
        && (
            endPoint.Address.Equals(IPAddress.Any)
            || (endPoint.Address.Equals(IPAddress.IPv6Any) && endPoint.Address.ScopeId == 0)
        );

    enum NamespaceKind
    {
        Network,
        Router,

        /// <summary>Of a process that stands for haproxy in a network's or a router's namespace.</summary>
        Process,
    }
}
