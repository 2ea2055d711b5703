using System.Data.Common;

namespace Stackmeta.Inventory;

/// <summary>The table <c>routers</c>.</summary>
sealed class RouterTable()
    : EntryTable<RouterEntry>(condition => $"SELECT number, id, name, project_id FROM routers WHERE {condition}")
{
    public static RouterTable Instance { get; } = new();

    public override async ValueTask InsertAsync(SqlCommands sql, RouterEntry entry) =>
        await sql.ExecuteAsync(
            "INSERT INTO routers (id, name, project_id) VALUES (@p1, @p2, @p3)",
            entry.Id,
            entry.Name,
            entry.ProjectId
        );

    public override async ValueTask UpdateAsync(SqlCommands sql, RouterEntry entry) =>
        await sql.ExecuteAsync(
            "UPDATE routers SET name = @p2, project_id = @p3 WHERE id = @p1",
            entry.Id,
            entry.Name,
            entry.ProjectId
        );

    public override async ValueTask DeleteAsync(SqlCommands sql, string id) =>
        await sql.ExecuteAsync("DELETE FROM routers WHERE id = @p1", id);

    protected override RouterEntry Read(DbDataReader row) =>
        new()
        {
            Id = row.GetString(1),
            Name = row.GetString(2),
            ProjectId = row.GetString(3),
        };
}
