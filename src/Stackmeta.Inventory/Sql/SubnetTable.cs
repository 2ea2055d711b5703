using System.Collections.Immutable;
using System.Data.Common;

namespace Stackmeta.Inventory;

/// <summary>The table <c>subnets</c>. The address of the DHCP server is not in it: it is the DHCP port's.</summary>
sealed class SubnetTable() : EntryTable<SubnetEntry>(Query)
{
    static readonly string ByNetwork = Query("network_id = @p1 ORDER BY number");

    public static SubnetTable Instance { get; } = new();

    public async ValueTask<ImmutableArray<SubnetEntry>> OfNetworkAsync(SqlCommands sql, string networkId)
    {
        var rows = await ReadAsync(sql, ByNetwork, null, networkId);
        return [.. rows.Select(row => row.Entry)];
    }

    public override async ValueTask InsertAsync(SqlCommands sql, SubnetEntry entry) =>
        await sql.ExecuteAsync(
            """
            INSERT INTO subnets (id, name, network_id, cidr, gateway_ip, enable_dhcp, dns_nameservers, host_routes, ipv6_address_mode)
            VALUES (@p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)
            """,
            entry.Id,
            entry.Name,
            entry.NetworkId,
            entry.Cidr,
            entry.GatewayIp,
            entry.EnableDhcp.ToColumn(),
            entry.DnsNameservers.ToColumn(InventoryJson.Default.ImmutableArrayString),
            entry.HostRoutes.ToColumn(InventoryJson.Default.ImmutableArrayHostRouteEntry),
            entry.Ipv6AddressMode
        );

    public override async ValueTask UpdateAsync(SqlCommands sql, SubnetEntry entry) =>
        await sql.ExecuteAsync(
            """
            UPDATE subnets SET name = @p2, gateway_ip = @p3, enable_dhcp = @p4, dns_nameservers = @p5, host_routes = @p6,
                ipv6_address_mode = @p7
            WHERE id = @p1
            """,
            entry.Id,
            entry.Name,
            entry.GatewayIp,
            entry.EnableDhcp.ToColumn(),
            entry.DnsNameservers.ToColumn(InventoryJson.Default.ImmutableArrayString),
            entry.HostRoutes.ToColumn(InventoryJson.Default.ImmutableArrayHostRouteEntry),
            entry.Ipv6AddressMode
        );

    public override async ValueTask DeleteAsync(SqlCommands sql, string id) =>
        await sql.ExecuteAsync("DELETE FROM subnets WHERE id = @p1", id);

    protected override RecordFault Describe(DbDataReader row, string reason) =>
        new("subnet", TextOrNothing(row, 1) ?? "", reason) { NetworkId = TextOrNothing(row, 3) };

    protected override SubnetEntry Read(DbDataReader row) =>
        new(EnableDhcp: row.Flag(6))
        {
            Id = row.GetString(1),
            Name = row.GetString(2),
            NetworkId = row.GetString(3),
            Cidr = row.GetString(4),
            GatewayIp = row.TextOrNull(5),
            DnsNameservers = row.List(7, InventoryJson.Default.ImmutableArrayString),
            HostRoutes = row.List(8, InventoryJson.Default.ImmutableArrayHostRouteEntry),
            Ipv6AddressMode = row.TextOrNull(9),
            DhcpServer = row.TextOrNull(10),
        };

    // CROSS JOIN keeps SQLite from beginning with all addresses of the subnet.
    static string Query(string condition) =>
        $"""
            SELECT s.number, s.id, s.name, s.network_id, s.cidr, s.gateway_ip, s.enable_dhcp, s.dns_nameservers, s.host_routes,
                s.ipv6_address_mode,
                (SELECT f.address FROM ports d CROSS JOIN fixed_ips f
                    WHERE d.network_id = s.network_id AND d.device_owner = 'network:dhcp' AND f.port_id = d.id
                        AND f.subnet_id = s.id AND s.enable_dhcp <> 0
                    ORDER BY d.number, f.position LIMIT 1)
            FROM (SELECT * FROM subnets WHERE {condition}) s
            ORDER BY s.number
            """;
}
