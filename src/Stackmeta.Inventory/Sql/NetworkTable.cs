using System.Data.Common;

namespace Stackmeta.Inventory;

/// <summary>The table <c>networks</c>.</summary>
sealed class NetworkTable()
    : EntryTable<NetworkEntry>(condition =>
        $"SELECT number, id, name, project_id, mtu, injected FROM networks WHERE {condition}"
    )
{
    public static NetworkTable Instance { get; } = new();

    public override async ValueTask InsertAsync(SqlCommands sql, NetworkEntry entry) =>
        await sql.ExecuteAsync(
            "INSERT INTO networks (id, name, project_id, mtu, injected) VALUES (@p1, @p2, @p3, @p4, @p5)",
            entry.Id,
            entry.Name,
            entry.ProjectId,
            entry.Mtu,
            entry.Injected.ToColumn()
        );

    public override async ValueTask UpdateAsync(SqlCommands sql, NetworkEntry entry) =>
        await sql.ExecuteAsync(
            "UPDATE networks SET name = @p2, project_id = @p3, mtu = @p4, injected = @p5 WHERE id = @p1",
            entry.Id,
            entry.Name,
            entry.ProjectId,
            entry.Mtu,
            entry.Injected.ToColumn()
        );

    public override async ValueTask DeleteAsync(SqlCommands sql, string id) =>
        await sql.ExecuteAsync("DELETE FROM networks WHERE id = @p1", id);

    protected override RecordFault Describe(DbDataReader row, string reason) =>
        new("network", TextOrNothing(row, 1) ?? "", reason) { NetworkId = TextOrNothing(row, 1) };

    protected override NetworkEntry Read(DbDataReader row) =>
        new()
        {
            Id = row.GetString(1),
            Name = row.GetString(2),
            ProjectId = row.GetString(3),
            Mtu = (int?)row.NumberOrNull(4),
            Injected = row.Flag(5),
        };
}
