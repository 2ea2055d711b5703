using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary><c>links</c> of network_data.json: the interfaces (spec/nova-metadata.md §3.2).</summary>
static class NetworkLinksJson
{
    public static void Write(ref PythonJsonWriter json, ImmutableArray<NetworkInterface> interfaces)
    {
        json.BeginArray();
        var index = 0;
        foreach (var nic in interfaces)
        {
            if (!ShownSubnets.IsShown(nic))
            {
                continue;
            }
            json.BeginObject();
            json.Name("id"u8);
            WriteId(ref json, nic, index++);
            json.Name("vif_id"u8);
            json.Text(nic.Id);
            json.Name("type"u8);
            json.Text(IsTold(nic.Type) ? nic.Type : "phy");
            json.Name("mtu"u8);
            WriteMtu(ref json, nic.Network!);
            json.Name("ethernet_mac_address"u8);
            json.Text(nic.MacAddress);
            json.EndObject();
        }
        json.EndArray();
    }

    /// <summary>What networks call a link too: the host's device, else its number.</summary>
    public static void WriteId(ref PythonJsonWriter json, NetworkInterface nic, int index)
    {
        if (string.IsNullOrEmpty(nic.DeviceName))
        {
            json.Text("interface"u8, index);
        }
        else
        {
            json.Text(nic.DeviceName);
        }
    }

    /// <summary>Link types that are told to the guest; every other one is called <c>phy</c>.</summary>
    static bool IsTold(string? type) =>
        type is "bridge" or "dvs" or "hw_veb" or "hyperv" or "ovs" or "tap" or "vhostuser" or "vif";

    static void WriteMtu(ref PythonJsonWriter json, InterfaceNetwork network)
    {
        // A DHCP server tells the guest the MTU; distributed DHCP does not count here.
        foreach (var subnet in network.Subnets)
        {
            if (!string.IsNullOrEmpty(subnet.DhcpServer))
            {
                json.Null();
                return;
            }
        }
        if (network.MtuText is { } text)
        {
            json.Text(text);
        }
        else
        {
            json.Number(network.Mtu);
        }
    }
}
