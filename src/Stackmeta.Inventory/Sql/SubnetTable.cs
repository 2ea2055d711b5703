using System.Collections.Immutable;
using System.Data.Common;

namespace Stackmeta.Inventory;

/// <summary>The table <c>subnets</c>. The address of the DHCP server is not in it: it is the DHCP port's.</summary>
sealed class SubnetTable() : EntryTable<SubnetEntry>(Fields, Query)
{
    public static FieldTable<SubnetEntry> Fields { get; } =
        new(
            "subnets",
            new(),
            static (fields, entry) =>
                new()
                {
                    Id = fields.Text("id", entry.Id, TextForm.Other),
                    Name = fields.Text("name", entry.Name),
                    NetworkId = fields.Text("network_id", entry.NetworkId, TextForm.Other),
                    Cidr = fields.Text("cidr", entry.Cidr, TextForm.Other),
                    GatewayIp = fields.TextOrNull("gateway_ip", entry.GatewayIp, TextForm.Other),
                    EnableDhcp = fields.Flag("enable_dhcp", entry.EnableDhcp),
                    DnsNameservers = fields.List("dns_nameservers", entry.DnsNameservers, Json.ImmutableArrayString),
                    HostRoutes = fields.List("host_routes", entry.HostRoutes, Json.ImmutableArrayHostRouteEntry),
                    Ipv6AddressMode = fields.TextOrNull("ipv6_address_mode", entry.Ipv6AddressMode, TextForm.Other),
                }
        );

    static readonly string ByNetwork = Query("network_id = @p1 ORDER BY number");

    public static SubnetTable Instance { get; } = new();

    static InventoryJson Json => InventoryJson.Default;

    public async ValueTask<ImmutableArray<SubnetEntry>> OfNetworkAsync(SqlCommands sql, string networkId)
    {
        var rows = await ReadAsync(sql, ByNetwork, null, networkId);
        return [.. rows.Select(row => row.Entry)];
    }

    /// <summary>The address of the DHCP server in a subnet <c>s</c>.</summary>
    // CROSS JOIN keeps SQLite from beginning with all addresses of the subnet.
    public const string DhcpServer = """
        (SELECT a.address FROM ports d CROSS JOIN fixed_ips a
            WHERE d.network_id = s.network_id AND d.device_owner = 'network:dhcp' AND a.port_id = d.id AND a.subnet_id = s.id
                AND s.enable_dhcp <> 0
            ORDER BY d.number, a.position LIMIT 1)
        """;

    protected override RecordFault Describe(DbDataReader row, string reason) =>
        new("subnet", TextOrNothing(row, "id") ?? "", reason) { NetworkId = TextOrNothing(row, "network_id") };

    protected override SubnetEntry ReadFurther(SubnetEntry entry, FieldReader reader) =>
        reader.TextOrNull("dhcp_server", null) is { } server ? entry with { DhcpServer = server } : entry;

    static string Query(string condition) =>
        $"""
            SELECT s.number, {Fields.SelectList("s")}, {DhcpServer}
            FROM (SELECT * FROM subnets WHERE {condition}) s
            ORDER BY s.number
            """;
}
