using System.Collections.Immutable;
using System.Data.Common;

namespace Stackmeta.Inventory;

/// <summary>The tables <c>ports</c> and <c>fixed_ips</c>.</summary>
sealed class PortTable() : EntryTable<PortEntry>(Fields, Query)
{
    public static FieldTable<PortEntry> Fields { get; } =
        new(
            "ports",
            new(),
            static (fields, entry) =>
                new()
                {
                    Id = fields.Text("id", entry.Id, TextForm.Other),
                    Name = fields.Text("name", entry.Name),
                    NetworkId = fields.Text("network_id", entry.NetworkId, TextForm.Other),
                    ProjectId = fields.Text("project_id", entry.ProjectId, TextForm.Other),
                    DeviceId = fields.Text("device_id", entry.DeviceId),
                    DeviceOwner = fields.Text("device_owner", entry.DeviceOwner),
                    MacAddress = fields.Text("mac_address", entry.MacAddress, TextForm.Other),
                    HostId = fields.Text("host_id", entry.HostId),
                    VifType = fields.Text("vif_type", entry.VifType, TextForm.Word),
                }
        );

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
        await base.InsertAsync(sql, entry);
        await InsertAddressesAsync(sql, entry);
    }

    public override async ValueTask UpdateAsync(SqlCommands sql, PortEntry entry)
    {
        await base.UpdateAsync(sql, entry);
        await DeleteAddressesAsync(sql, entry.Id);
        await InsertAddressesAsync(sql, entry);
    }

    public override async ValueTask DeleteAsync(SqlCommands sql, string id)
    {
        await DeleteAddressesAsync(sql, id);
        await base.DeleteAsync(sql, id);
    }

    /// <summary>A port comes in as many rows as it has addresses, or in one without.</summary>
    protected override async ValueTask<List<Row>> ReadAsync(
        SqlCommands sql,
        string statement,
        ICollection<RecordFault>? faults,
        params object?[] values
    )
    {
        var lines = await base.ReadAsync(sql, statement, faults, values);
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
        new("port", TextOrNothing(row, "id") ?? "", reason)
        {
            NetworkId = TextOrNothing(row, "network_id"),
            DeviceId = TextOrNothing(row, "device_id"),
            DeviceOwner = TextOrNothing(row, "device_owner"),
        };

    protected override PortEntry ReadFurther(PortEntry entry, FieldReader reader) =>
        entry with
        {
            FixedIps = reader.NextIsNull ? [] : [StoredAddress.Fields.Read(reader).ToEntry()],
        };

    static async ValueTask InsertAddressesAsync(SqlCommands sql, PortEntry entry)
    {
        var position = 0;
        foreach (var address in entry.FixedIps!.Value)
        {
            var stored = StoredAddress.From(entry, address, position++);
            await sql.ExecuteAsync(StoredAddress.Fields.Insert, StoredAddress.Fields.Values(stored));
        }
    }

    static async ValueTask DeleteAddressesAsync(SqlCommands sql, string portId) =>
        await sql.ExecuteAsync("DELETE FROM fixed_ips WHERE port_id = @p1", portId);

    async ValueTask<ImmutableArray<PortEntry>> AllAsync(SqlCommands sql, string statement, params object?[] values)
    {
        var rows = await ReadAsync(sql, statement, null, values);
        return [.. rows.Select(row => row.Entry)];
    }

    static string Query(string condition) =>
        $"""
            SELECT p.number, {Fields.SelectList("p")}, {StoredAddress.Fields.SelectList("f")}
            FROM (SELECT * FROM ports WHERE {condition}) p
            LEFT JOIN fixed_ips f ON f.port_id = p.id
            ORDER BY p.number, f.position
            """;
}
