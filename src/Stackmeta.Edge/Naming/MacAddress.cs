using System.Net;
using System.Net.NetworkInformation;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>MAC addresses in the spelling of <c>ip</c>, dnsmasq and Neutron: lower case with colons.</summary>
static class MacAddress
{
    public static string ToText(PhysicalAddress mac) =>
        string.Join(':', mac.GetAddressBytes().Select(octet => octet.ToString("x2")));

    /// <summary>The link-local address that a host makes of it (RFC 4291, appendix A), without a zone.</summary>
    public static IPAddress ToLinkLocal(PhysicalAddress mac) =>
        EthernetAddress.Read(mac.GetAddressBytes()).ToLinkLocal();

    /// <summary>Six octets and the group bit clear: an address that one host can have.</summary>
    public static bool IsUnicast(PhysicalAddress mac)
    {
        var octets = mac.GetAddressBytes();
        return octets.Length == 6 && (octets[0] & 1) == 0 && octets.Any(octet => octet != 0);
    }
}
