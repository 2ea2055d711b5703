using System.Data.Common;

namespace Stackmeta.Inventory;

/// <summary>The table <c>networks</c>.</summary>
sealed class NetworkTable() : EntryTable<NetworkEntry>(Fields)
{
    public static FieldTable<NetworkEntry> Fields { get; } =
        new(
            "networks",
            new(),
            static (fields, entry) =>
                new()
                {
                    Id = fields.Text("id", entry.Id, TextForm.Other),
                    Name = fields.Text("name", entry.Name),
                    Mtu = (int?)fields.NumberOrNull("mtu", entry.Mtu),
                    Injected = fields.Flag("injected", entry.Injected),
                    ProjectId = fields.Text("project_id", entry.ProjectId, TextForm.Project),
                }
        );

    public static NetworkTable Instance { get; } = new();

    protected override RecordFault Describe(DbDataReader row, string reason) =>
        new("network", TextOrNothing(row, "id") ?? "", reason) { NetworkId = TextOrNothing(row, "id") };
}
