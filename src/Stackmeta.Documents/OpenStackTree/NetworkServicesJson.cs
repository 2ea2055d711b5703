using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary><c>services</c> of network_data.json: the DNS servers.</summary>
static class NetworkServicesJson
{
    /// <summary>
    /// The DNS servers of all shown subnets. One that an earlier subnet has is left out; one that its own subnet names twice is not.
    /// </summary>
    public static void Write(ref PythonJsonWriter json, ImmutableArray<NetworkInterface> interfaces)
    {
        json.BeginArray();
        for (var i = 0; i < interfaces.Length; i++)
        {
            if (!ShownSubnets.IsShown(interfaces[i]))
            {
                continue;
            }
            foreach (var version in (ReadOnlySpan<int>)[4, 6])
            {
                foreach (var address in DnsServersOf(interfaces[i], version))
                {
                    if (!IsNamedBefore(interfaces, i, version, address))
                    {
                        WriteDnsServer(ref json, address);
                    }
                }
            }
        }
        json.EndArray();
    }

    static bool IsNamedBefore(ImmutableArray<NetworkInterface> interfaces, int index, int version, string address)
    {
        if (version == 6 && DnsServersOf(interfaces[index], 4).Contains(address))
        {
            return true;
        }
        for (var i = 0; i < index; i++)
        {
            if (
                ShownSubnets.IsShown(interfaces[i])
                && (
                    DnsServersOf(interfaces[i], 4).Contains(address) || DnsServersOf(interfaces[i], 6).Contains(address)
                )
            )
            {
                return true;
            }
        }
        return false;
    }

    static ImmutableArray<string> DnsServersOf(NetworkInterface nic, int version) =>
        ShownSubnets.FirstWithAddress(nic, version)?.DnsServers ?? [];

    public static void WriteDnsServer(ref PythonJsonWriter json, string address)
    {
        json.BeginObject();
        json.Name("type"u8);
        json.Text("dns"u8);
        json.Name("address"u8);
        json.Text(address);
        json.EndObject();
    }
}
