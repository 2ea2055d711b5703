using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>How dnsmasq's files spell things.</summary>
static class DnsmasqText
{
    public static string TagName(EdgeSubnet subnet) => $"subnet-{subnet.Id}";

    public static string TagOf(EdgeSubnet subnet) => $"tag:{TagName(subnet)}";

    /// <summary>IPv6 in brackets, because its colons separate fields elsewhere.</summary>
    public static string Address(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
