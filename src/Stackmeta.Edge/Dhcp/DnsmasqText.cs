using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>How dnsmasq's files spell things.</summary>
static class DnsmasqText
{
    /// <summary>Set for clients that tell how long messages may be, whatever they tell.</summary>
    public const string LongMessages = "long-messages";

    /// <summary>Set besides for those that tell the length that holds anyway.</summary>
    public const string ShortMessages = "short-messages";

    /// <summary>
    /// A name in a list of things that dnsmasq tells apart by how they look: <c>ignore</c>, <c>10</c> and <c>1h</c> are no names there, and
    /// <c>10.0.0.5</c> is an address. With a dot at its end, which dnsmasq takes off, a name is nothing else.
    /// </summary>
    public static string Name(string name) =>
        name.Contains('.', StringComparison.Ordinal) && !IPAddress.TryParse(name, out _) ? name : $"{name}.";

    public static string TagName(EdgeSubnet subnet) => $"subnet-{subnet.Id}";

    public static string TagOf(EdgeSubnet subnet) => $"tag:{TagName(subnet)}";

    /// <summary>IPv6 in brackets, because its colons separate fields elsewhere.</summary>
    public static string Address(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
