using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Core.Networks;

namespace Stackmeta.Inventory;

/// <summary>A subnet lies in a network beside others, and has an address for the DHCP server when guests get theirs by DHCP.</summary>
sealed class SubnetRules : EntryRules<SubnetEntry>
{
    public static SubnetRules Instance { get; } = new();

    static readonly ImmutableArray<string> AddressModes = ["slaac", "dhcpv6-stateless", "dhcpv6-stateful"];

    public override string Noun => "subnet";

    public override EntryTable<SubnetEntry> Table => SubnetTable.Instance;

    public override async ValueTask<SubnetEntry> AddAsync(
        InventorySession session,
        SubnetEntry entry,
        Objections objections
    )
    {
        entry = entry with { Id = await TakeNewIdAsync(session, entry.Id, objections) };
        var network = await NetworkRules.Instance.FindAsync(session, entry.NetworkId, "network_id", objections);
        var cidr = TakeSubnet(entry.Cidr, objections);
        if (cidr is not null)
        {
            entry = Check(entry with { Cidr = cidr.Value.ToString() }, cidr.Value, objections);
        }
        if (network is null || cidr is null)
        {
            return entry;
        }
        entry = entry with { NetworkId = network.Id };
        await CheckBesideAsync(session, entry, cidr.Value, network, objections);
        if (objections.Any)
        {
            return entry;
        }
        await Table.InsertAsync(session.Sql, entry);
        session.Changed(InventoryChangeKind.Network, network.Id);
        if (entry.EnableDhcp)
        {
            await session.SettleAsync(objections, later => DhcpPorts.SettleAsync(session, entry, later));
        }
        return await Table.FindByIdAsync(session.Sql, entry.Id) ?? entry;
    }

    public override async ValueTask<SubnetEntry> ChangeAsync(
        InventorySession session,
        SubnetEntry before,
        SubnetEntry after,
        Objections objections
    )
    {
        CheckSame(objections, "id", before.Id, after.Id);
        CheckSame(objections, "network_id", before.NetworkId, after.NetworkId);
        CheckSame(objections, "cidr", before.Cidr, after.Cidr);
        if (!after.EnableDhcp && after.DhcpServer == before.DhcpServer)
        {
            after = after with { DhcpServer = null };
        }
        after = Check(after, IPNetwork.Parse(before.Cidr), objections);
        if (after.GatewayIp is { } gateway && gateway != before.GatewayIp)
        {
            await CheckGatewayIsFreeAsync(session, after.NetworkId, gateway, objections);
        }
        if (
            after.EnableDhcp
            && (!before.EnableDhcp || !after.HostRoutes.SequenceEqual(before.HostRoutes))
            && !objections.Any
        )
        {
            CheckRoutesFit(after, await SubnetTable.Instance.OfNetworkAsync(session.Sql, after.NetworkId), objections);
        }
        if (objections.Any)
        {
            return after;
        }
        await Table.UpdateAsync(session.Sql, after);
        session.ForgetPool(after.Id);
        session.Changed(InventoryChangeKind.Network, after.NetworkId);
        if (!after.EnableDhcp || after.DhcpServer != before.DhcpServer)
        {
            await DhcpPorts.WithdrawAsync(session, before);
        }
        if (after.EnableDhcp)
        {
            await DhcpPorts.SettleAsync(session, after, objections);
        }
        return await Table.FindByIdAsync(session.Sql, after.Id) ?? after;
    }

    public override async ValueTask RemoveAsync(InventorySession session, SubnetEntry entry, Objections objections)
    {
        if (await PortTable.FindUserOfSubnetAsync(session.Sql, entry.Id) is { } port)
        {
            objections.Add(
                ObjectionKind.InUse,
                "",
                $"subnet {entry.Id} still has addresses in use, one of them by port {port}; delete the ports first"
            );
            return;
        }
        await DhcpPorts.WithdrawAsync(session, entry);
        await Table.DeleteAsync(session.Sql, entry.Id);
        session.ForgetPool(entry.Id);
        session.Changed(InventoryChangeKind.Network, entry.NetworkId);
    }

    static IPNetwork? TakeSubnet(string text, Objections objections)
    {
        if (objections.TakeCidr("cidr", text) is not { } cidr)
        {
            return null;
        }
        if (ReservedAddresses.FindTouching(cidr) is { } reserved)
        {
            objections.Invalid("cidr", $"{text} holds addresses that guests cannot have: {reserved}");
            return null;
        }
        return cidr;
    }

    static SubnetEntry Check(SubnetEntry entry, IPNetwork cidr, Objections objections)
    {
        SubnetTable.Fields.CheckForms(entry, objections);
        var isIPv6 = cidr.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;
        if (entry.GatewayIp == SubnetEntry.AutomaticGateway)
        {
            entry = entry with { GatewayIp = cidr.Hosts().First.ToAddress(cidr.BaseAddress.AddressFamily).ToString() };
        }
        else if (entry.GatewayIp is not null)
        {
            // Routers of IPv6 networks may be known by their link-local address (RFC 4861 §6.3.4).
            var gateway = objections.TakeAddress("gateway_ip", entry.GatewayIp);
            if (
                gateway is not null
                && gateway.AddressFamily == cidr.BaseAddress.AddressFamily
                && !gateway.IsIPv6LinkLocal
            )
            {
                CheckHost("gateway_ip", gateway, cidr, objections);
            }
            entry = entry with { GatewayIp = gateway?.ToString() ?? entry.GatewayIp };
        }
        if (entry.Ipv6AddressMode is { } mode)
        {
            if (!isIPv6)
            {
                objections.Invalid("ipv6_address_mode", $"{cidr} is an IPv4 subnet");
            }
            else if (!AddressModes.Contains(mode))
            {
                objections.Invalid(
                    "ipv6_address_mode",
                    $"{TextRules.Quote(mode)} is none of {string.Join(", ", AddressModes)}"
                );
            }
            else if (mode != "dhcpv6-stateful" && cidr.PrefixLength != 64)
            {
                objections.Invalid("ipv6_address_mode", $"{mode} needs a prefix of length 64 (RFC 4862 §5.5.3)");
            }
        }
        if (entry.DhcpServer is not null)
        {
            entry = entry with { DhcpServer = CheckDhcpServer(entry, cidr, objections) };
        }
        entry = CheckNamesAndRoutes(entry, objections);
        foreach (var (path, sentence) in Requirements(entry, cidr).FindFaults())
        {
            objections.Invalid(path, sentence);
        }
        return entry;
    }

    /// <summary>What the edge asks of it too. In the place of what is no address, which is objected to elsewhere, there is one.</summary>
    static SubnetRequirements Requirements(SubnetEntry entry, IPNetwork cidr)
    {
        IPAddress AddressOf(string text) =>
            IPAddress.TryParse(text, out var address) && !address.IsIPv4MappedToIPv6 && !text.Contains('%')
                ? address
                : cidr.BaseAddress;
        return new(
            cidr,
            entry.GatewayIp is { } gateway ? AddressOf(gateway) : null,
            [.. entry.DnsNameservers.Select(AddressOf)],
            [
                .. entry.HostRoutes.Select(route =>
                    (IPNetwork.TryParse(route.Destination, out var to) ? to : cidr, AddressOf(route.Nexthop))
                ),
            ]
        );
    }

    /// <summary>Guests are told the subnet's routes in one DHCP option, and those to the network's other IPv4 subnets.</summary>
    /// <returns>Whether they fit.</returns>
    static bool CheckRoutesFit(SubnetEntry entry, IEnumerable<SubnetEntry> others, Objections objections)
    {
        var neighbours = others
            .Select(static other => IPNetwork.Parse(other.Cidr))
            .Where(static other => other.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
            .ToList();
        var tooMany = entry.EnableDhcp
            ? ClasslessRouteOption.FindTooMany(Requirements(entry, IPNetwork.Parse(entry.Cidr)), neighbours).ToList()
            : [];
        if (tooMany.Count > 0)
        {
            objections.Invalid(
                "host_routes",
                $"DHCP option 121 of subnet {entry.Cidr} has no room for {(tooMany.Count == 1 ? "the route" : "the routes")} to {string.Join(", ", tooMany)}: it holds {ClasslessRouteOption.Room} bytes of host routes and of routes to the network's other IPv4 subnets"
            );
        }
        return tooMany.Count == 0;
    }

    /// <summary>What the network's other subnets and its link say to a new one.</summary>
    static async ValueTask CheckBesideAsync(
        InventorySession session,
        SubnetEntry entry,
        IPNetwork cidr,
        NetworkEntry network,
        Objections objections
    )
    {
        if (
            cidr.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            && network.Mtu is { } mtu
            && LinkMtu.FindIpv6Fault(mtu) is { } fault
        )
        {
            objections.Invalid("cidr", $"the MTU of network {network.Id}, {fault}");
        }
        var others = await SubnetTable.Instance.OfNetworkAsync(session.Sql, entry.NetworkId);
        CheckOverlap(others, cidr, objections);
        if (objections.Any)
        {
            return;
        }
        ImmutableArray<SubnetEntry> all = [.. others, entry];
        // The others too tell their guests of a new IPv4 subnet; one that cannot is enough to say.
        _ = (cidr.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? all : [entry]).All(one =>
            CheckRoutesFit(one, all, objections)
        );
    }

    static string? CheckDhcpServer(SubnetEntry entry, IPNetwork cidr, Objections objections)
    {
        if (!entry.EnableDhcp)
        {
            objections.Invalid("dhcp_server", "the subnet has no DHCP; leave it out or set enable_dhcp");
        }
        if (objections.TakeAddress("dhcp_server", entry.DhcpServer!) is not { } server)
        {
            return entry.DhcpServer;
        }
        CheckHost("dhcp_server", server, cidr, objections);
        if (server.ToString() == entry.GatewayIp)
        {
            objections.Add(ObjectionKind.Conflict, "dhcp_server", $"{server} is the gateway");
        }
        return server.ToString();
    }

    static SubnetEntry CheckNamesAndRoutes(SubnetEntry entry, Objections objections)
    {
        var servers = entry.DnsNameservers.Select(
            (server, i) => objections.TakeAddress($"dns_nameservers[{i}]", server)?.ToString() ?? server
        );
        var routes = entry.HostRoutes.Select(
            (route, i) =>
            {
                var destination = objections.TakeCidr($"host_routes[{i}].destination", route.Destination);
                var nexthop = objections.TakeAddress($"host_routes[{i}].nexthop", route.Nexthop);
                return new HostRouteEntry(
                    destination?.ToString() ?? route.Destination,
                    nexthop?.ToString() ?? route.Nexthop
                );
            }
        );
        return entry with { DnsNameservers = [.. servers], HostRoutes = [.. routes] };
    }

    static void CheckHost(string path, IPAddress address, IPNetwork cidr, Objections objections)
    {
        if (!cidr.Contains(address))
        {
            objections.Invalid(path, $"{address} is outside {cidr}");
        }
        else if (ReservedAddresses.FindAround(address) is { } reserved)
        {
            // Of a subnet that was stored before it would have been refused.
            objections.Invalid(path, $"{address} is reserved: it lies in {reserved}");
        }
        else if (address.ToNumber() is var number && (number < cidr.Hosts().First || number > cidr.Hosts().Last))
        {
            objections.Invalid(path, $"{address} is no address of a host in {cidr}");
        }
    }

    /// <summary>A gateway's address is a router's: the guest that has it would get its neighbours' packets.</summary>
    static async ValueTask CheckGatewayIsFreeAsync(
        InventorySession session,
        string networkId,
        string gateway,
        Objections objections
    )
    {
        if (
            await PortTable.Instance.FindByAddressAsync(session.Sql, networkId, gateway) is { } holder
            && !DeviceOwners.RouterInterfaces.Contains(holder.DeviceOwner)
        )
        {
            objections.Add(
                ObjectionKind.Conflict,
                "gateway_ip",
                $"{gateway} is used by port {holder.Id}, which is no router's interface"
            );
        }
    }

    /// <summary>Whether two subnets share an address.</summary>
    public static bool Overlap(IPNetwork one, IPNetwork other) =>
        one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    static void CheckOverlap(ImmutableArray<SubnetEntry> others, IPNetwork cidr, Objections objections)
    {
        foreach (var other in others)
        {
            var theirs = IPNetwork.Parse(other.Cidr);
            if (Overlap(theirs, cidr))
            {
                objections.Add(
                    ObjectionKind.Conflict,
                    "cidr",
                    $"{cidr} overlaps {other.Cidr}, which is subnet {other.Id} of the same network"
                );
            }
        }
    }
}
