using System.Collections.Immutable;
using System.Text.Json;
using Stackmeta.Core.Instances;

namespace Stackmeta.OpenStack;

/// <summary>
/// <c>instance_info_caches.network_info</c>: the list of an instance's interfaces as Nova's network model writes it
/// (spec/nova-metadata.md §7.5).
/// </summary>
static class NetworkInfo
{
    /// <summary>False when the text is null, empty or not of that shape.</summary>
    public static bool TryRead(string? text, out ImmutableArray<NetworkInterface> interfaces)
    {
        interfaces = [];
        if (!JsonText.TryParse(text, out var document))
        {
            return false;
        }
        using (document)
        {
            if (IsEmpty(document.RootElement))
            {
                return true;
            }
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                return false;
            }
            try
            {
                interfaces = [.. document.RootElement.EnumerateArray().Select(Interface)];
                return true;
            }
            catch (Exception error) when (error is FormatException or InvalidOperationException)
            {
                return false;
            }
        }
    }

    /// <summary>An empty object or text has no items either, and Nova's Python asks no more of it.</summary>
    static bool IsEmpty(JsonElement list) =>
        list.ValueKind switch
        {
            JsonValueKind.Object => !list.EnumerateObject().Any(),
            JsonValueKind.String => list.ValueEquals(""u8),
            _ => false,
        };

    static NetworkInterface Interface(JsonElement vif) =>
        vif.ValueKind != JsonValueKind.Object
            ? throw new FormatException()
            : new()
            {
                Id = vif.Member("id").Text(),
                MacAddress = vif.Member("address").Text(),
                Type = vif.Member("type").Text(),
                DeviceName = vif.Member("devname").Text(),
                Network = vif.Member("network") is { ValueKind: JsonValueKind.Object } network
                    ? Network(network)
                    : null,
            };

    static InterfaceNetwork Network(JsonElement network) =>
        new()
        {
            Id = network.Member("id").Text(),
            Mtu = Extra(network, "mtu").Number(),
            MtuText = Extra(network, "mtu").Text(),
            Injected = IsTrue(Extra(network, "injected")),
            Subnets = [.. network.Member("subnets").Items().Select(Subnet)],
        };

    static InterfaceSubnet Subnet(JsonElement subnet)
    {
        var cidr = subnet.Member("cidr").Text() ?? throw new FormatException();
        return new()
        {
            Version = subnet.Member("version").Number() ?? VersionOf(cidr),
            Cidr = cidr,
            Gateway = Address(subnet.Member("gateway")),
            DnsServers = Addresses(subnet.Member("dns")),
            Routes = [.. subnet.Member("routes").Items().Select(Route)],
            FixedIps = [.. subnet.Member("ips").Items().Select(FixedIp)],
            DhcpServer = Extra(subnet, "dhcp_server").Text(),
            DhcpEnabled = IsTrue(Extra(subnet, "enable_dhcp")),
            Ipv6AddressMode = Extra(subnet, "ipv6_address_mode").Text(),
        };
    }

    static HostRoute Route(JsonElement route) =>
        new(route.Member("cidr").Text() ?? throw new FormatException(), Address(route.Member("gateway")));

    static FixedIp FixedIp(JsonElement ip) =>
        new(Address(ip) ?? throw new FormatException(), Addresses(ip.Member("floating_ips")));

    static ImmutableArray<string> Addresses(JsonElement list) =>
        [.. list.Items().Select(item => Address(item) ?? throw new FormatException())];

    // A gateway may be missing, null, or an object whose address is null.
    static string? Address(JsonElement ip) => ip.Member("address").Text();

    /// <summary>What Nova's model has no field for is in <c>meta</c>; what stands beside it wins over that.</summary>
    static JsonElement Extra(JsonElement element, string name) =>
        element.Member(name) is { ValueKind: not JsonValueKind.Undefined } beside
            ? beside
            : element.Member("meta").Member(name);

    // Python's truth of the values that are stored here.
    static bool IsTrue(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.Number => element.GetDouble() != 0,
            JsonValueKind.String => element.GetString()!.Length > 0,
            _ => false,
        };

    static int VersionOf(string cidr) => cidr.Contains(':', StringComparison.Ordinal) ? 6 : 4;
}
