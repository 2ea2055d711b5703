using System.Net;

namespace Stackmeta.Edge;

/// <summary>Host names of ports. They go into dnsmasq's files, so nothing but DNS labels may pass (OSSA-2021-005).</summary>
public static class HostNames
{
    /// <summary>RFC 1035 §2.3.4.</summary>
    internal const int MaxLabel = 63;

    /// <summary>RFC 1035 §2.3.4: 255 octets on the wire are 253 characters of text.</summary>
    const int MaxName = 253;

    /// <summary>
    /// One or more labels of letters, digits, hyphens and underscores, none starting with a hyphen, and the first one not with an
    /// underscore either: dnsmasq passes over the whole line of such a host.
    /// </summary>
    internal static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxName
        && name[0] != '_'
        && name.Split('.')
            .All(label => label.Length is > 0 and <= MaxLabel && label[0] != '-' && label.All(IsLabelCharacter));

    /// <summary>The same for what names end with, which is no number: dnsmasq would take it for one (RFC 3696 §2).</summary>
    public static bool IsValidDomain(string name) => IsValid(name) && !name.Split('.')[^1].All(char.IsAsciiDigit);

    static bool IsLabelCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    /// <summary>Neutron's default name: <c>host-10-0-0-5</c>, <c>host-2001-db8--5</c>.</summary>
    internal static string DefaultFor(IPAddress address) =>
        $"host-{address.ToString().Replace('.', '-').Replace(':', '-')}";

    internal static string Qualified(string name, string domain) => domain.Length == 0 ? name : $"{name}.{domain}";
}
