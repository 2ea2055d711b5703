using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>
/// A port's MAC and addresses are its own in the network, and an instance's ports belong to the instance's project
/// (OSSA-2013-033: a port of one project must not lead to an instance of another).
/// </summary>
sealed class PortRules : EntryRules<PortEntry>
{
    /// <summary>What Nova writes for a Linux bridge; guests see it as the type of the link.</summary>
    public const string DefaultVifType = "bridge";

    public static PortRules Instance { get; } = new();

    public override string Noun => "port";

    public override EntryTable<PortEntry> Table => PortTable.Instance;

    public override async ValueTask<PortEntry> AddAsync(
        InventorySession session,
        PortEntry entry,
        Objections objections
    )
    {
        entry = entry with { Id = await TakeNewIdAsync(session, entry.Id, objections) };
        var network = await NetworkRules.Instance.FindAsync(session, entry.NetworkId, "network_id", objections);
        entry = Check(entry, objections);
        if (network is null)
        {
            return entry;
        }
        entry = await CompleteAsync(session, entry with { NetworkId = network.Id }, network, objections);
        entry = await PortAddresses.CheckAsync(session, entry, objections);
        if (
            entry.DeviceOwner == DeviceOwners.Dhcp
            && await PortTable.Instance.FindByOwnerAsync(session.Sql, network.Id, DeviceOwners.Dhcp) is { } other
        )
        {
            objections.Add(
                ObjectionKind.Conflict,
                "device_owner",
                $"the network has its DHCP port already, {other.Id}; one is kept for each network"
            );
        }
        if (objections.Any)
        {
            return entry;
        }
        if (PortAddresses.AreComplete(entry) || session.Defer is null)
        {
            entry = await PortAddresses.AssignAsync(session, entry, objections);
            await RouterInterfaces.CheckAsync(session, null, entry, objections);
            if (!objections.Any)
            {
                await StoreAsync(session, entry, Table.InsertAsync);
            }
            return entry;
        }
        await StoreAsync(session, PortAddresses.Chosen(entry), Table.InsertAsync);
        await session.SettleAsync(
            objections,
            async later =>
            {
                var assigned = await PortAddresses.AssignAsync(session, entry, later);
                await RouterInterfaces.CheckAsync(session, null, assigned, later);
                if (!later.Any)
                {
                    await Table.UpdateAsync(session.Sql, assigned);
                }
            }
        );
        return entry;
    }

    public override async ValueTask<PortEntry> ChangeAsync(
        InventorySession session,
        PortEntry before,
        PortEntry after,
        Objections objections
    )
    {
        CheckSame(objections, "id", before.Id, after.Id);
        CheckSame(objections, "network_id", before.NetworkId, after.NetworkId);
        if (before.DeviceOwner == DeviceOwners.Dhcp || after.DeviceOwner == DeviceOwners.Dhcp)
        {
            CheckSame(objections, "device_owner", before.DeviceOwner, after.DeviceOwner);
            CheckSame(objections, "device_id", before.DeviceId, after.DeviceId);
            await CheckDhcpAddressesAsync(session, after, objections);
        }
        // A port that is given to another device, and not to another owner on purpose, follows the device.
        if (after.DeviceId != before.DeviceId)
        {
            after = after with
            {
                ProjectId = after.ProjectId == before.ProjectId ? "" : after.ProjectId,
                DeviceOwner = after.DeviceOwner == before.DeviceOwner ? "" : after.DeviceOwner,
            };
        }
        after = Check(after, objections);
        var network = await NetworkTable.Instance.FindByIdAsync(session.Sql, before.NetworkId);
        after = await CompleteAsync(session, after, network!, objections);
        after = await PortAddresses.CheckAsync(session, after, objections);
        foreach (var address in before.FixedIps!.Value)
        {
            session.ForgetPool(address.SubnetId);
        }
        after = await PortAddresses.AssignAsync(session, after, objections);
        await RouterInterfaces.CheckAsync(session, before, after, objections);
        if (!objections.Any)
        {
            Touch(session, before);
            await StoreAsync(session, after, Table.UpdateAsync);
        }
        return after;
    }

    public override async ValueTask RemoveAsync(InventorySession session, PortEntry entry, Objections objections)
    {
        if (entry.DeviceOwner == DeviceOwners.Dhcp)
        {
            await CheckDhcpAddressesAsync(session, entry with { FixedIps = [] }, objections);
        }
        if (!objections.Any)
        {
            await DropAsync(session, entry);
        }
    }

    /// <summary>Removes a port because what it belongs to goes.</summary>
    public async ValueTask DropAsync(InventorySession session, PortEntry entry)
    {
        await Table.DeleteAsync(session.Sql, entry.Id);
        foreach (var address in entry.FixedIps!.Value)
        {
            session.ForgetPool(address.SubnetId);
        }
        Touch(session, entry);
    }

    /// <summary>The MAC as it is stored; an empty one is drawn until nobody on the network has it.</summary>
    public static async ValueTask<string> TakeFreeMacAsync(
        InventorySession session,
        string networkId,
        string mac,
        Objections objections
    )
    {
        while (true)
        {
            var taken = objections.TakeMac("mac_address", mac);
            if (mac.Length > 0 || await PortTable.Instance.FindByMacAsync(session.Sql, networkId, taken) is null)
            {
                return taken;
            }
        }
    }

    static async ValueTask StoreAsync(
        InventorySession session,
        PortEntry entry,
        Func<SqlCommands, PortEntry, ValueTask> store
    )
    {
        await store(session.Sql, entry);
        foreach (var address in entry.FixedIps!.Value)
        {
            session.Taken(address.SubnetId, address.IpAddress);
        }
        Touch(session, entry);
    }

    static void Touch(InventorySession session, PortEntry entry)
    {
        session.Changed(InventoryChangeKind.Port, entry.Id);
        session.Changed(
            entry.DeviceOwner == DeviceOwners.Dhcp ? InventoryChangeKind.Network : InventoryChangeKind.NetworkPorts,
            entry.NetworkId
        );
        if (DeviceOwners.RouterInterfaces.Contains(entry.DeviceOwner))
        {
            session.Changed(InventoryChangeKind.Router, entry.DeviceId);
        }
        else if (entry.DeviceId.Length > 0 && entry.DeviceOwner != DeviceOwners.Dhcp)
        {
            session.Changed(InventoryChangeKind.Instance, entry.DeviceId);
        }
    }

    static PortEntry Check(PortEntry entry, Objections objections)
    {
        if (entry.VifType.Length == 0)
        {
            entry = entry with { VifType = DefaultVifType };
        }
        PortTable.Fields.CheckForms(entry, objections);
        return entry;
    }

    /// <summary>Fills in what the device, the network and chance decide.</summary>
    static async ValueTask<PortEntry> CompleteAsync(
        InventorySession session,
        PortEntry entry,
        NetworkEntry network,
        Objections objections
    )
    {
        var device = await PortDevice.FindAsync(session, entry, objections);
        entry = entry with
        {
            DeviceId = device.Id,
            DeviceOwner = device.Owner,
            ProjectId = entry.ProjectId.Length > 0 ? entry.ProjectId : device.ProjectId ?? network.ProjectId,
            MacAddress = await TakeFreeMacAsync(session, network.Id, entry.MacAddress, objections),
        };
        objections.CheckProject("project_id", entry.ProjectId);
        if (device.InstanceProjectId is { } project && project != entry.ProjectId)
        {
            objections.Add(
                ObjectionKind.Conflict,
                "project_id",
                $"{TextRules.Quote(entry.ProjectId)} does not own instance {device.Id}, which belongs to {TextRules.Quote(project)}"
            );
        }
        if (
            await PortTable.Instance.FindByMacAsync(session.Sql, network.Id, entry.MacAddress) is { } holder
            && holder.Id != entry.Id
        )
        {
            objections.Add(
                ObjectionKind.Conflict,
                "mac_address",
                $"{entry.MacAddress} is already used by port {holder.Id} of the same network"
            );
        }
        return entry;
    }

    static async ValueTask CheckDhcpAddressesAsync(InventorySession session, PortEntry port, Objections objections)
    {
        ImmutableArray<FixedIpEntry> addresses = port.FixedIps ?? [];
        foreach (var subnet in await SubnetTable.Instance.OfNetworkAsync(session.Sql, port.NetworkId))
        {
            if (subnet.EnableDhcp && !addresses.Any(ip => ip.SubnetId == subnet.Id))
            {
                objections.Add(
                    ObjectionKind.InUse,
                    "",
                    $"port {port.Id} serves DHCP in subnet {subnet.Id}; turn DHCP off there first"
                );
            }
        }
    }
}
