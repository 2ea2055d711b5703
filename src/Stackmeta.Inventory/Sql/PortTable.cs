using System.Collections.Immutable;
using System.Data.Common;

namespace Stackmeta.Inventory;

/// <summary>The tables <c>ports</c> and <c>fixed_ips</c>.</summary>
sealed class PortTable() : EntryTable<PortEntry>(Query)
{
    static readonly string ByNetwork = Query("network_id = @p1");
    static readonly string ByDevice = Query("device_id = @p1");
    static readonly string ByNetworkOwner = Query("network_id = @p1 AND device_owner = @p2");
    static readonly string ByNetworkMac = Query("network_id = @p1 AND mac_address = @p2");
    static readonly string ByNetworkAddress = Query(
        "id = (SELECT port_id FROM fixed_ips WHERE network_id = @p1 AND address = @p2)"
    );

    public static PortTable Instance { get; } = new();

    public ValueTask<ImmutableArray<PortEntry>> OfNetworkAsync(SqlCommands sql, string networkId) =>
        AllAsync(sql, ByNetwork, networkId);

    public ValueTask<ImmutableArray<PortEntry>> OfDeviceAsync(SqlCommands sql, string deviceId) =>
        AllAsync(sql, ByDevice, deviceId);

    public async ValueTask<PortEntry?> FindByOwnerAsync(SqlCommands sql, string networkId, string owner) =>
        (await AllAsync(sql, ByNetworkOwner, networkId, owner)).FirstOrDefault();

    public async ValueTask<PortEntry?> FindByMacAsync(SqlCommands sql, string networkId, string mac) =>
        (await AllAsync(sql, ByNetworkMac, networkId, mac)).FirstOrDefault();

    public async ValueTask<PortEntry?> FindByAddressAsync(SqlCommands sql, string networkId, string address) =>
        (await AllAsync(sql, ByNetworkAddress, networkId, address)).FirstOrDefault();

    /// <summary>The addresses of a subnet that are in use, without order.</summary>
    public static ValueTask<List<string>> AddressesAsync(SqlCommands sql, string subnetId) =>
        sql.ReadAsync("SELECT address FROM fixed_ips WHERE subnet_id = @p1", row => row.GetString(0), subnetId);

    /// <summary>The ports with an address in a subnet, other than the DHCP server's: at most one, as an example.</summary>
    public static async ValueTask<string?> FindUserOfSubnetAsync(SqlCommands sql, string subnetId) =>
        (string?)
            await sql.ScalarAsync(
                """
                SELECT p.id FROM fixed_ips f JOIN ports p ON p.id = f.port_id
                WHERE f.subnet_id = @p1 AND p.device_owner <> 'network:dhcp' LIMIT 1
                """,
                subnetId
            );

    public override async ValueTask InsertAsync(SqlCommands sql, PortEntry entry)
    {
        await sql.ExecuteAsync(
            """
            INSERT INTO ports (id, name, network_id, project_id, device_id, device_owner, mac_address, vif_type, host_id)
            VALUES (@p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)
            """,
            entry.Id,
            entry.Name,
            entry.NetworkId,
            entry.ProjectId,
            entry.DeviceId,
            entry.DeviceOwner,
            entry.MacAddress,
            entry.VifType,
            entry.HostId
        );
        await InsertAddressesAsync(sql, entry);
    }

    public override async ValueTask UpdateAsync(SqlCommands sql, PortEntry entry)
    {
        await sql.ExecuteAsync(
            """
            UPDATE ports SET name = @p2, project_id = @p3, device_id = @p4, device_owner = @p5, mac_address = @p6, vif_type = @p7,
                host_id = @p8
            WHERE id = @p1
            """,
            entry.Id,
            entry.Name,
            entry.ProjectId,
            entry.DeviceId,
            entry.DeviceOwner,
            entry.MacAddress,
            entry.VifType,
            entry.HostId
        );
        await sql.ExecuteAsync("DELETE FROM fixed_ips WHERE port_id = @p1", entry.Id);
        await InsertAddressesAsync(sql, entry);
    }

    public override async ValueTask DeleteAsync(SqlCommands sql, string id)
    {
        await sql.ExecuteAsync("DELETE FROM fixed_ips WHERE port_id = @p1", id);
        await sql.ExecuteAsync("DELETE FROM ports WHERE id = @p1", id);
    }

    /// <summary>A port comes in as many rows as it has addresses, or in one without.</summary>
    protected override async ValueTask<List<Row>> ReadAsync(
        SqlCommands sql,
        string statement,
        ICollection<RecordFault>? faults,
        params object?[] values
    )
    {
        var lines = await sql.ReadAsync(
            statement,
            row => new Row(row.GetInt64(0), TryRead(row, faults, ReadLine)),
            values
        );
        var rows = new List<Row>(lines.Count);
        foreach (var line in lines)
        {
            if (rows.Count > 0 && rows[^1].Number == line.Number)
            {
                // One line that cannot be understood spoils the port.
                var (port, next) = (rows[^1].Entry, line.Entry);
                rows[^1] = new(
                    line.Number,
                    port is null || next is null
                        ? null!
                        : port with
                        {
                            FixedIps = [.. port.FixedIps!, .. next.FixedIps!],
                        }
                );
            }
            else
            {
                rows.Add(line);
            }
        }
        return rows;
    }

    protected override RecordFault Describe(DbDataReader row, string reason) =>
        new("port", TextOrNothing(row, 1) ?? "", reason)
        {
            NetworkId = TextOrNothing(row, 3),
            DeviceId = TextOrNothing(row, 5),
            DeviceOwner = TextOrNothing(row, 6),
        };

    PortEntry ReadLine(DbDataReader row) =>
        Read(row) with
        {
            FixedIps = row.IsDBNull(10)
                ? []
                :
                [
                    new FixedIpEntry
                    {
                        SubnetId = row.GetString(10),
                        IpAddress = row.GetString(11),
                        FloatingIps = row.List(12, InventoryJson.Default.ImmutableArrayString),
                    },
                ],
        };

    protected override PortEntry Read(DbDataReader row) =>
        new()
        {
            Id = row.GetString(1),
            Name = row.GetString(2),
            NetworkId = row.GetString(3),
            ProjectId = row.GetString(4),
            DeviceId = row.GetString(5),
            DeviceOwner = row.GetString(6),
            MacAddress = row.GetString(7),
            VifType = row.GetString(8),
            HostId = row.GetString(9),
        };

    static async ValueTask InsertAddressesAsync(SqlCommands sql, PortEntry entry)
    {
        var position = 0;
        foreach (var address in entry.FixedIps!.Value)
        {
            await sql.ExecuteAsync(
                """
                INSERT INTO fixed_ips (network_id, address, port_id, subnet_id, position, floating_ips)
                VALUES (@p1, @p2, @p3, @p4, @p5, @p6)
                """,
                entry.NetworkId,
                address.IpAddress,
                entry.Id,
                address.SubnetId,
                position++,
                address.FloatingIps.ToColumn(InventoryJson.Default.ImmutableArrayString)
            );
        }
    }

    async ValueTask<ImmutableArray<PortEntry>> AllAsync(SqlCommands sql, string statement, params object?[] values)
    {
        var rows = await ReadAsync(sql, statement, null, values);
        return [.. rows.Select(row => row.Entry)];
    }

    static string Query(string condition) =>
        $"""
            SELECT p.number, p.id, p.name, p.network_id, p.project_id, p.device_id, p.device_owner, p.mac_address, p.vif_type,
                p.host_id, f.subnet_id, f.address, f.floating_ips
            FROM (SELECT * FROM ports WHERE {condition}) p
            LEFT JOIN fixed_ips f ON f.port_id = p.id
            ORDER BY p.number, f.position
            """;
}
