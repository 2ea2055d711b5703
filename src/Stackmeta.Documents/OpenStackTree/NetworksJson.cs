using System.Collections.Immutable;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Networks;

namespace Stackmeta.Documents;

/// <summary><c>networks</c> of network_data.json: the addresses (spec/nova-metadata.md §3.3).</summary>
static class NetworksJson
{
    public static void Write(
        ref PythonJsonWriter json,
        ImmutableArray<NetworkInterface> interfaces,
        Compatibility compatibility
    )
    {
        json.BeginArray();
        var link = 0;
        var index = 0;
        foreach (var nic in interfaces)
        {
            if (!ShownSubnets.IsShown(nic))
            {
                continue;
            }
            foreach (var version in (ReadOnlySpan<int>)[4, 6])
            {
                if (ShownSubnets.FirstWithAddress(nic, version) is { } subnet)
                {
                    WriteNetwork(ref json, nic, subnet, link, index++, SubnetConfiguration.Of(subnet, compatibility));
                }
            }
            link++;
        }
        json.EndArray();
    }

    static void WriteNetwork(
        ref PythonJsonWriter json,
        NetworkInterface nic,
        InterfaceSubnet subnet,
        int link,
        int index,
        string? configuration
    )
    {
        json.BeginObject();
        json.Name("id"u8);
        json.Text("network"u8, index);
        json.Name("type"u8);
        WriteType(ref json, subnet.Version, configuration);
        json.Name("link"u8);
        NetworkLinksJson.WriteId(ref json, nic, link);
        var isStatic = configuration != SubnetConfiguration.Dhcp;
        if (isStatic)
        {
            var cidr = SubnetCidr.Parse(subnet.Cidr);
            json.Name("ip_address"u8);
            json.Text(subnet.FixedIps[0].Address);
            json.Name("netmask"u8);
            Span<byte> text = stackalloc byte[SubnetCidr.LongestText];
            json.Text(text[..cidr.FormatNetmask(text)]);
            json.Name("routes"u8);
            WriteRoutes(ref json, subnet);
        }
        json.Name("network_id"u8);
        json.Text(nic.Network!.Id);
        if (isStatic)
        {
            json.Name("services"u8);
            json.BeginArray();
            foreach (var address in subnet.DnsServers)
            {
                NetworkServicesJson.WriteDnsServer(ref json, address);
            }
            json.EndArray();
        }
        json.EndObject();
    }

    static void WriteType(ref PythonJsonWriter json, int version, string? configuration)
    {
        var family = version == 4 ? "ipv4" : "ipv6";
        if (configuration is null)
        {
            json.Text(family);
        }
        else
        {
            json.Text(family, configuration, separator: (byte)'_');
        }
    }

    static void WriteRoutes(ref PythonJsonWriter json, InterfaceSubnet subnet)
    {
        json.BeginArray();
        if (!string.IsNullOrEmpty(subnet.Gateway))
        {
            var any = subnet.Version == 4 ? "0.0.0.0"u8 : "::"u8;
            WriteRoute(ref json, any, any, subnet.Gateway);
        }
        Span<byte> network = stackalloc byte[SubnetCidr.LongestText];
        Span<byte> netmask = stackalloc byte[SubnetCidr.LongestText];
        foreach (var route in subnet.Routes)
        {
            var cidr = SubnetCidr.Parse(route.Cidr);
            WriteRoute(
                ref json,
                network[..cidr.FormatNetwork(network)],
                netmask[..cidr.FormatNetmask(netmask)],
                route.Gateway
            );
        }
        json.EndArray();
    }

    static void WriteRoute(
        ref PythonJsonWriter json,
        scoped ReadOnlySpan<byte> network,
        scoped ReadOnlySpan<byte> netmask,
        string? gateway
    )
    {
        json.BeginObject();
        json.Name("network"u8);
        json.Text(network);
        json.Name("netmask"u8);
        json.Text(netmask);
        json.Name("gateway"u8);
        json.Text(gateway);
        json.EndObject();
    }
}
