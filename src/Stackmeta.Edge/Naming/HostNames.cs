using System.Net;

namespace Stackmeta.Edge;

/// <summary>Host names of ports. They go into dnsmasq's files, so nothing but DNS labels may pass (OSSA-2021-005).</summary>
static class HostNames
{
    /// <summary>RFC 1035 §2.3.4.</summary>
    const int MaxLabel = 63;

    /// <summary>RFC 1035 §2.3.4: 255 octets on the wire are 253 characters of text.</summary>
    const int MaxName = 253;

    /// <summary>One or more labels of letters, digits, hyphens and underscores, none starting with a hyphen.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxName
        && name.Split('.')
            .All(label => label.Length is > 0 and <= MaxLabel && label[0] != '-' && label.All(IsLabelCharacter));

    static bool IsLabelCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    /// <summary>Neutron's default name: <c>host-10-0-0-5</c>, <c>host-2001-db8--5</c>.</summary>
    public static string DefaultFor(IPAddress address) =>
        $"host-{address.ToString().Replace('.', '-').Replace(':', '-')}";

    public static string Qualified(string name, string domain) => domain.Length == 0 ? name : $"{name}.{domain}";
}
