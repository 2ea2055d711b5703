using System.Collections.Immutable;

namespace Stackmeta.Metadata;

/// <summary>network_data.json (spec/nova-metadata.md §3).</summary>
static class NetworkDataJson
{
    /// <summary>Link types that are told to the guest; every other one is called <c>phy</c>.</summary>
    static ReadOnlySpan<string> ToldTypes =>
        new[] { "bridge", "dvs", "hw_veb", "hyperv", "ovs", "tap", "vhostuser", "vif" };

    /// <summary>Whether everything that the document shows can be shown.</summary>
    public static Refusal Check(Instance instance, Compatibility compatibility)
    {
        if (instance.Unreadable.HasFlag(InstanceParts.NetworkInterfaces))
        {
            return Refusal.PartUnreadable;
        }
        foreach (var nic in instance.NetworkInterfaces)
        {
            if (ShownSubnets.IsShown(nic) && !(IsReadable(nic, 4, compatibility) && IsReadable(nic, 6, compatibility)))
            {
                return Refusal.PartUnreadable;
            }
        }
        return Refusal.None;
    }

    /// <summary>Writes the document of an instance that <see cref="Check"/> found fit.</summary>
    public static void Write(
        ref PythonJsonWriter json,
        ImmutableArray<NetworkInterface> interfaces,
        Compatibility compatibility
    )
    {
        json.BeginObject();
        if (!interfaces.IsEmpty)
        {
            json.Name("links"u8);
            WriteLinks(ref json, interfaces);
            json.Name("networks"u8);
            WriteNetworks(ref json, interfaces, compatibility);
            json.Name("services"u8);
            WriteServices(ref json, interfaces);
        }
        json.EndObject();
    }

    static bool IsReadable(NetworkInterface nic, int version, Compatibility compatibility)
    {
        if (
            ShownSubnets.FirstWithAddress(nic, version) is not { } subnet
            || SubnetConfiguration.Of(subnet, compatibility) == SubnetConfiguration.Dhcp
        )
        {
            return true;
        }
        foreach (var route in subnet.Routes)
        {
            if (!SubnetCidr.TryParse(route.Cidr, out _))
            {
                return false;
            }
        }
        return SubnetCidr.TryParse(subnet.Cidr, out _);
    }

    static void WriteLinks(ref PythonJsonWriter json, ImmutableArray<NetworkInterface> interfaces)
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
            WriteLinkId(ref json, nic, index++);
            json.Name("vif_id"u8);
            json.String(nic.Id);
            json.Name("type"u8);
            json.String(nic.Type is { } type && ToldTypes.Contains(type) ? type : "phy");
            json.Name("mtu"u8);
            WriteMtu(ref json, nic.Network!);
            json.Name("ethernet_mac_address"u8);
            json.String(nic.MacAddress);
            json.EndObject();
        }
        json.EndArray();
    }

    static void WriteLinkId(ref PythonJsonWriter json, NetworkInterface nic, int index)
    {
        if (string.IsNullOrEmpty(nic.DeviceName))
        {
            json.String("interface"u8, index);
        }
        else
        {
            json.String(nic.DeviceName);
        }
    }

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
            json.String(text);
        }
        else
        {
            json.Integer(network.Mtu);
        }
    }

    static void WriteNetworks(
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
        json.String("network"u8, index);
        json.Name("type"u8);
        WriteType(ref json, subnet.Version, configuration);
        json.Name("link"u8);
        WriteLinkId(ref json, nic, link);
        var isStatic = configuration != SubnetConfiguration.Dhcp;
        if (isStatic)
        {
            var cidr = SubnetCidr.Parse(subnet.Cidr);
            json.Name("ip_address"u8);
            json.String(subnet.FixedIps[0].Address);
            json.Name("netmask"u8);
            Span<byte> text = stackalloc byte[SubnetCidr.LongestText];
            json.String(text[..cidr.FormatNetmask(text)]);
            json.Name("routes"u8);
            WriteRoutes(ref json, subnet);
        }
        json.Name("network_id"u8);
        json.String(nic.Network!.Id);
        if (isStatic)
        {
            json.Name("services"u8);
            json.BeginArray();
            foreach (var address in subnet.DnsServers)
            {
                WriteDnsServer(ref json, address);
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
            json.String(family);
        }
        else
        {
            json.String(family, configuration, separator: (byte)'_');
        }
    }

    static void WriteRoutes(ref PythonJsonWriter json, InterfaceSubnet subnet)
    {
        json.BeginArray();
        if (subnet.Gateway is { } gateway)
        {
            var any = subnet.Version == 4 ? "0.0.0.0"u8 : "::"u8;
            WriteRoute(ref json, any, any, gateway);
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
        json.String(network);
        json.Name("netmask"u8);
        json.String(netmask);
        json.Name("gateway"u8);
        json.String(gateway);
        json.EndObject();
    }

    /// <summary>The DNS servers of all shown subnets. One that an earlier subnet has is left out; one that its own subnet names twice is not.</summary>
    static void WriteServices(ref PythonJsonWriter json, ImmutableArray<NetworkInterface> interfaces)
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

    static void WriteDnsServer(ref PythonJsonWriter json, string address)
    {
        json.BeginObject();
        json.Name("type"u8);
        json.String("dns"u8);
        json.Name("address"u8);
        json.String(address);
        json.EndObject();
    }
}
