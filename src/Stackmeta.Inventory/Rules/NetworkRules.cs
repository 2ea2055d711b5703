using System.Net;
using System.Net.Sockets;
using Stackmeta.Core.Networks;

namespace Stackmeta.Inventory;

/// <summary>A network goes together with its subnets and DHCP port, but not while other ports are on it.</summary>
sealed class NetworkRules : EntryRules<NetworkEntry>
{
    public static NetworkRules Instance { get; } = new();

    public override string Noun => "network";

    public override EntryTable<NetworkEntry> Table => NetworkTable.Instance;

    public override async ValueTask<NetworkEntry> AddAsync(
        InventorySession session,
        NetworkEntry entry,
        Objections objections
    )
    {
        entry = Check(entry, objections) with { Id = await TakeNewIdAsync(session, entry.Id, objections) };
        if (!objections.Any)
        {
            await Table.InsertAsync(session.Sql, entry);
            session.Changed(InventoryChangeKind.Network, entry.Id);
        }
        return entry;
    }

    public override async ValueTask<NetworkEntry> ChangeAsync(
        InventorySession session,
        NetworkEntry before,
        NetworkEntry after,
        Objections objections
    )
    {
        CheckSame(objections, "id", before.Id, after.Id);
        after = Check(after, objections);
        if (
            after.Mtu is { } mtu
            && mtu != before.Mtu
            && LinkMtu.FindIpv6Fault(mtu) is { } fault
            && (await SubnetTable.Instance.OfNetworkAsync(session.Sql, after.Id)).FirstOrDefault(IsIpv6) is { } subnet
        )
        {
            objections.Invalid("mtu", $"{fault}, such as {subnet.Cidr}");
        }
        if (!objections.Any)
        {
            await Table.UpdateAsync(session.Sql, after);
            session.Changed(InventoryChangeKind.Network, after.Id);
        }
        return after;
    }

    public override async ValueTask RemoveAsync(InventorySession session, NetworkEntry entry, Objections objections)
    {
        var ports = await PortTable.Instance.OfNetworkAsync(session.Sql, entry.Id);
        var inUse = ports.Where(port => port.DeviceOwner != DeviceOwners.Dhcp).ToList();
        if (inUse.Count > 0)
        {
            objections.Add(
                ObjectionKind.InUse,
                "",
                $"network {entry.Id} has {inUse.Count} port(s), one of them {inUse[0].Id}; delete them first"
            );
            return;
        }
        foreach (var port in ports)
        {
            await PortRules.Instance.DropAsync(session, port);
        }
        foreach (var subnet in await SubnetTable.Instance.OfNetworkAsync(session.Sql, entry.Id))
        {
            await SubnetTable.Instance.DeleteAsync(session.Sql, subnet.Id);
        }
        await Table.DeleteAsync(session.Sql, entry.Id);
        session.Changed(InventoryChangeKind.Network, entry.Id);
    }

    static bool IsIpv6(SubnetEntry subnet) =>
        IPNetwork.Parse(subnet.Cidr).BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    static NetworkEntry Check(NetworkEntry entry, Objections objections)
    {
        if (entry.ProjectId.Length == 0)
        {
            entry = entry with { ProjectId = Projects.Default };
        }
        NetworkTable.Fields.CheckForms(entry, objections);
        if (entry.Mtu is { } mtu && LinkMtu.FindFault(mtu) is { } fault)
        {
            objections.Invalid("mtu", fault);
        }
        return entry;
    }
}
