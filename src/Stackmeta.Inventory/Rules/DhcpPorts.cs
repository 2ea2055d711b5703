namespace Stackmeta.Inventory;

/// <summary>
/// The port of a network's DHCP server: there while a subnet has DHCP, with one address in each of those. Neutron's DHCP
/// agent keeps its port in the same way.
/// </summary>
static class DhcpPorts
{
    /// <summary>Makes sure that the DHCP server has an address in a subnet: the one that the subnet names, or any.</summary>
    public static async ValueTask SettleAsync(InventorySession session, SubnetEntry subnet, Objections objections)
    {
        var port = await PortTable.Instance.FindByOwnerAsync(session.Sql, subnet.NetworkId, DeviceOwners.Dhcp);
        if (port?.FixedIps!.Value.FirstOrDefault(ip => ip.SubnetId == subnet.Id) is { } present)
        {
            if (subnet.DhcpServer is not null && subnet.DhcpServer != present.IpAddress)
            {
                objections.Add(
                    ObjectionKind.Conflict,
                    "dhcp_server",
                    $"{subnet.DhcpServer} is not the address of the network's DHCP port {port.Id}, {present.IpAddress}"
                );
            }
            return;
        }
        if (await TakeAddressAsync(session, subnet, objections) is not { } address)
        {
            return;
        }
        var entry = new FixedIpEntry { SubnetId = subnet.Id, IpAddress = address };
        if (port is null)
        {
            port = await NewPortAsync(session, subnet.NetworkId, objections) with { FixedIps = [entry] };
            await PortTable.Instance.InsertAsync(session.Sql, port);
        }
        else
        {
            port = port with { FixedIps = port.FixedIps!.Value.Add(entry) };
            await PortTable.Instance.UpdateAsync(session.Sql, port);
        }
        session.Taken(subnet.Id, address);
        session.Changed(InventoryChangeKind.Port, port.Id);
        session.Changed(InventoryChangeKind.Network, subnet.NetworkId);
    }

    /// <summary>Takes the DHCP server's address in a subnet away, and its port when that was the last one.</summary>
    public static async ValueTask WithdrawAsync(InventorySession session, SubnetEntry subnet)
    {
        var port = await PortTable.Instance.FindByOwnerAsync(session.Sql, subnet.NetworkId, DeviceOwners.Dhcp);
        if (port is null || !port.FixedIps!.Value.Any(ip => ip.SubnetId == subnet.Id))
        {
            return;
        }
        port = port with { FixedIps = [.. port.FixedIps!.Value.Where(ip => ip.SubnetId != subnet.Id)] };
        session.ForgetPool(subnet.Id);
        if (port.FixedIps!.Value.IsEmpty)
        {
            await PortRules.Instance.DropAsync(session, port);
            return;
        }
        await PortTable.Instance.UpdateAsync(session.Sql, port);
        session.Changed(InventoryChangeKind.Port, port.Id);
        session.Changed(InventoryChangeKind.Network, subnet.NetworkId);
    }

    static async ValueTask<string?> TakeAddressAsync(
        InventorySession session,
        SubnetEntry subnet,
        Objections objections
    )
    {
        if (subnet.DhcpServer is { } wanted)
        {
            var holder = await PortTable.Instance.FindByAddressAsync(session.Sql, subnet.NetworkId, wanted);
            if (holder is null)
            {
                return wanted;
            }
            objections.Add(ObjectionKind.Conflict, "dhcp_server", $"{wanted} is already used by port {holder.Id}");
            return null;
        }
        var pool = await session.PoolAsync(subnet);
        var address = pool.TakeNext();
        if (address is null)
        {
            objections.Add(ObjectionKind.Conflict, "cidr", $"{subnet.Cidr} has no free address for the DHCP server");
        }
        return address;
    }

    static async ValueTask<PortEntry> NewPortAsync(InventorySession session, string networkId, Objections objections)
    {
        var network = await NetworkTable.Instance.FindByIdAsync(session.Sql, networkId);
        return new PortEntry
        {
            Id = Guid.NewGuid().ToString(),
            NetworkId = networkId,
            ProjectId = network!.ProjectId,
            // Neutron's begins with "dhcp" and ends with the network's id too; between them it names the host.
            DeviceId = $"dhcp-{networkId}",
            DeviceOwner = DeviceOwners.Dhcp,
            MacAddress = await PortRules.TakeFreeMacAsync(session, networkId, "", objections),
            VifType = PortRules.DefaultVifType,
        };
    }
}
