namespace Stackmeta.Inventory;

/// <summary>A router stays while it has interfaces.</summary>
sealed class RouterRules : EntryRules<RouterEntry>
{
    public static RouterRules Instance { get; } = new();

    public override string Noun => "router";

    public override EntryTable<RouterEntry> Table => RouterTable.Instance;

    public override async ValueTask<RouterEntry> AddAsync(
        InventorySession session,
        RouterEntry entry,
        Objections objections
    )
    {
        entry = Check(entry, objections) with { Id = await TakeNewIdAsync(session, entry.Id, objections) };
        if (!objections.Any)
        {
            await Table.InsertAsync(session.Sql, entry);
            session.Changed(InventoryChangeKind.Router, entry.Id);
        }
        return entry;
    }

    public override async ValueTask<RouterEntry> ChangeAsync(
        InventorySession session,
        RouterEntry before,
        RouterEntry after,
        Objections objections
    )
    {
        CheckSame(objections, "id", before.Id, after.Id);
        after = Check(after, objections);
        if (!objections.Any)
        {
            await Table.UpdateAsync(session.Sql, after);
            session.Changed(InventoryChangeKind.Router, after.Id);
        }
        return after;
    }

    public override async ValueTask RemoveAsync(InventorySession session, RouterEntry entry, Objections objections)
    {
        var interfaces = await PortTable.Instance.OfDeviceAsync(session.Sql, entry.Id);
        if (interfaces.Length > 0)
        {
            objections.Add(
                ObjectionKind.InUse,
                "",
                $"router {entry.Id} has {interfaces.Length} interface(s), one of them port {interfaces[0].Id}; delete them first"
            );
            return;
        }
        await Table.DeleteAsync(session.Sql, entry.Id);
        session.Changed(InventoryChangeKind.Router, entry.Id);
    }

    static RouterEntry Check(RouterEntry entry, Objections objections)
    {
        if (entry.ProjectId.Length == 0)
        {
            entry = entry with { ProjectId = Projects.Default };
        }
        RouterTable.Fields.CheckForms(entry, objections);
        return entry;
    }
}
