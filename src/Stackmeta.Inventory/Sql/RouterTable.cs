namespace Stackmeta.Inventory;

/// <summary>The table <c>routers</c>.</summary>
sealed class RouterTable() : EntryTable<RouterEntry>(Fields)
{
    public static FieldTable<RouterEntry> Fields { get; } =
        new(
            "routers",
            new(),
            static (fields, entry) =>
                new()
                {
                    Id = fields.Text("id", entry.Id, TextForm.Other),
                    Name = fields.Text("name", entry.Name),
                    ProjectId = fields.Text("project_id", entry.ProjectId, TextForm.Project),
                }
        );

    public static RouterTable Instance { get; } = new();
}
