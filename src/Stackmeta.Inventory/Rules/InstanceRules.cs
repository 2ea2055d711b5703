namespace Stackmeta.Inventory;

/// <summary>An instance gets its EC2 numbers when it is created, keeps them, and takes its ports with it.</summary>
sealed class InstanceRules : EntryRules<InstanceEntry>
{
    public static InstanceRules Instance { get; } = new();

    public override string Noun => "instance";

    public override EntryTable<InstanceEntry> Table => InstanceTable.Instance;

    public override async ValueTask<InstanceEntry> AddAsync(
        InventorySession session,
        InstanceEntry entry,
        Objections objections
    )
    {
        entry = entry with { Id = await TakeNewIdAsync(session, entry.Id, objections) };
        entry = InstanceChecks.CheckAndComplete(entry, objections);
        foreach (var port in await PortTable.Instance.OfDeviceAsync(session.Sql, entry.Id))
        {
            if (port.ProjectId != entry.ProjectId)
            {
                objections.Add(
                    ObjectionKind.Conflict,
                    "project_id",
                    $"port {port.Id} of project {TextRules.Quote(port.ProjectId)} names this instance as its device; an instance and its ports belong to one project"
                );
            }
        }
        if (
            entry.Ec2Ids?.Instance is { } number
            && await InstanceTable.FindByEc2NumberAsync(session.Sql, number) is { } holder
        )
        {
            objections.Add(ObjectionKind.Conflict, "ec2_ids.instance", $"{number} is the number of instance {holder}");
        }
        await CheckImageNumbersAsync(session, entry, objections);
        if (objections.Any)
        {
            return entry;
        }
        await NumberImagesAsync(session, entry);
        await Table.InsertAsync(session.Sql, entry);
        await TouchAsync(session, entry.Id, withNetworks: true);
        return await Table.FindByIdAsync(session.Sql, entry.Id) ?? entry;
    }

    public override async ValueTask<InstanceEntry> ChangeAsync(
        InventorySession session,
        InstanceEntry before,
        InstanceEntry after,
        Objections objections
    )
    {
        CheckSame(objections, "id", before.Id, after.Id);
        CheckSame(objections, "project_id", before.ProjectId, after.ProjectId);
        after = InstanceChecks.CheckAndComplete(after, objections);
        if (after.Ec2Ids?.Instance is { } number && number != before.Ec2Ids?.Instance)
        {
            objections.Invalid("ec2_ids.instance", "cannot change");
        }
        // The number of an image that is no longer the instance's says nothing about the new one.
        after = after with
        {
            Ec2Ids = new(
                Image: after.ImageRef == before.ImageRef ? after.Ec2Ids?.Image : null,
                Kernel: after.KernelId == before.KernelId ? after.Ec2Ids?.Kernel : null,
                Ramdisk: after.RamdiskId == before.RamdiskId ? after.Ec2Ids?.Ramdisk : null
            ),
        };
        await CheckImageNumbersAsync(session, after, objections);
        if (objections.Any)
        {
            return after;
        }
        await NumberImagesAsync(session, after);
        await Table.UpdateAsync(session.Sql, after);
        await TouchAsync(session, after.Id, withNetworks: after.Hostname != before.Hostname);
        return await Table.FindByIdAsync(session.Sql, after.Id) ?? after;
    }

    public override async ValueTask RemoveAsync(InventorySession session, InstanceEntry entry, Objections objections)
    {
        foreach (var port in await PortTable.Instance.OfDeviceAsync(session.Sql, entry.Id))
        {
            await PortRules.Instance.DropAsync(session, port);
        }
        await Table.DeleteAsync(session.Sql, entry.Id);
        session.Changed(InventoryChangeKind.Instance, entry.Id);
    }

    /// <param name="withNetworks">Whether the networks must know, since their DHCP servers hand out host names.</param>
    static async ValueTask TouchAsync(InventorySession session, string id, bool withNetworks)
    {
        session.Changed(InventoryChangeKind.Instance, id);
        if (!withNetworks)
        {
            return;
        }
        foreach (var port in await PortTable.Instance.OfDeviceAsync(session.Sql, id))
        {
            session.Changed(InventoryChangeKind.NetworkPorts, port.NetworkId);
        }
    }

    static IEnumerable<(string Path, string? Reference, long? Number)> Images(InstanceEntry entry) =>
        [
            ("ec2_ids.image", entry.ImageRef, entry.Ec2Ids?.Image),
            ("ec2_ids.kernel", entry.KernelId, entry.Ec2Ids?.Kernel),
            ("ec2_ids.ramdisk", entry.RamdiskId, entry.Ec2Ids?.Ramdisk),
        ];

    static async ValueTask CheckImageNumbersAsync(InventorySession session, InstanceEntry entry, Objections objections)
    {
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (path, reference, number) in Images(entry))
        {
            if (number is null)
            {
                continue;
            }
            if (string.IsNullOrEmpty(reference))
            {
                objections.Invalid(path, "is a number for nothing: the instance names no such image");
                continue;
            }
            var known = numbers.TryGetValue(reference, out var seen)
                ? seen
                : await InstanceTable.FindImageNumberAsync(session.Sql, reference);
            if (known is not null && known != number)
            {
                objections.Add(
                    ObjectionKind.Conflict,
                    path,
                    $"{TextRules.Quote(reference)} has the number {known} already"
                );
            }
            else if (
                known is null
                && (
                    numbers.FirstOrDefault(pair => pair.Value == number).Key
                    ?? await InstanceTable.FindImageAsync(session.Sql, number.Value)
                )
                    is { } holder
            )
            {
                objections.Add(ObjectionKind.Conflict, path, $"{number} is the number of {TextRules.Quote(holder)}");
            }
            numbers[reference] = number.Value;
        }
    }

    /// <summary>
    /// Gives each image, kernel and ramdisk a number unless it has one. Chosen numbers first, so that none is drawn twice.
    /// </summary>
    static async ValueTask NumberImagesAsync(InventorySession session, InstanceEntry entry)
    {
        foreach (var (_, reference, number) in Images(entry).OrderBy(image => image.Number is null))
        {
            if (
                !string.IsNullOrEmpty(reference)
                && await InstanceTable.FindImageNumberAsync(session.Sql, reference) is null
            )
            {
                await InstanceTable.InsertImageAsync(session.Sql, reference, number);
            }
        }
    }
}
