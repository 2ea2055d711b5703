using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Core.Networks;

namespace Stackmeta.Inventory;

/// <summary>The addresses of a port: those that were chosen are checked, the others assigned.</summary>
static class PortAddresses
{
    /// <summary>Whether nothing is left to assign.</summary>
    public static bool AreComplete(PortEntry port) =>
        port.FixedIps is { } addresses && addresses.All(ip => ip.IpAddress.Length > 0);

    /// <summary>The port with those of its addresses that were chosen.</summary>
    public static PortEntry Chosen(PortEntry port) =>
        port with
        {
            FixedIps = [.. (port.FixedIps ?? []).Where(ip => ip.IpAddress.Length > 0)],
        };

    /// <summary>Checks the addresses that were chosen, and finds the subnet of each.</summary>
    public static async ValueTask<PortEntry> CheckAsync(InventorySession session, PortEntry port, Objections objections)
    {
        if (port.FixedIps is not { Length: > 0 } addresses)
        {
            return port;
        }
        var subnets = await SubnetTable.Instance.OfNetworkAsync(session.Sql, port.NetworkId);
        var checkedAddresses = ImmutableArray.CreateBuilder<FixedIpEntry>(addresses.Length);
        for (var i = 0; i < addresses.Length; i++)
        {
            var path = $"fixed_ips[{i}]";
            var address = addresses[i];
            var subnet = FindSubnet(subnets, address, path, objections);
            if (address.IpAddress.Length > 0 && subnet is not null)
            {
                var text = await CheckChosenAsync(session, port, subnet, address.IpAddress, path, objections);
                if (checkedAddresses.Any(other => other.IpAddress == text))
                {
                    objections.Add(ObjectionKind.Conflict, $"{path}.ip_address", $"{text} stands twice");
                }
                address = address with { IpAddress = text };
            }
            checkedAddresses.Add(
                address with
                {
                    SubnetId = subnet?.Id ?? address.SubnetId,
                    FloatingIps =
                    [
                        .. address.FloatingIps.Select(
                            (floating, j) =>
                                objections.TakeAddress($"{path}.floating_ips[{j}]", floating)?.ToString() ?? floating
                        ),
                    ],
                }
            );
        }
        return port with { FixedIps = checkedAddresses.DrainToImmutable() };
    }

    /// <summary>Assigns the addresses that were left open. Chosen ones must have been checked.</summary>
    public static async ValueTask<PortEntry> AssignAsync(
        InventorySession session,
        PortEntry port,
        Objections objections
    )
    {
        if (AreComplete(port) || objections.Any)
        {
            return port with { FixedIps = port.FixedIps ?? [] };
        }
        var subnets = await SubnetTable.Instance.OfNetworkAsync(session.Sql, port.NetworkId);
        if (port.FixedIps is not { } wanted)
        {
            return port with { FixedIps = await AssignAllAsync(session, port, subnets, objections) };
        }
        foreach (var chosen in wanted.Where(ip => ip.IpAddress.Length > 0))
        {
            (await session.PoolAsync(subnets.First(subnet => subnet.Id == chosen.SubnetId))).Take(chosen.IpAddress);
        }
        var assigned = ImmutableArray.CreateBuilder<FixedIpEntry>(wanted.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            var address = wanted[i];
            if (address.IpAddress.Length == 0)
            {
                var subnet = subnets.First(subnet => subnet.Id == address.SubnetId);
                var taken = await TakeAsync(session, port, subnet);
                if (taken is null)
                {
                    objections.Add(ObjectionKind.Conflict, $"fixed_ips[{i}]", $"{subnet.Cidr} has no free address");
                }
                address = address with { IpAddress = taken ?? "" };
            }
            assigned.Add(address);
        }
        return port with { FixedIps = assigned.DrainToImmutable() };
    }

    /// <summary>
    /// As Neutron does for a port that names no addresses: one IPv4 address, one IPv6 address, and one in each subnet where guests make
    /// their own.
    /// </summary>
    static async ValueTask<ImmutableArray<FixedIpEntry>> AssignAllAsync(
        InventorySession session,
        PortEntry port,
        ImmutableArray<SubnetEntry> subnets,
        Objections objections
    )
    {
        var assigned = ImmutableArray.CreateBuilder<FixedIpEntry>();
        var full = "";
        foreach (
            var group in subnets.GroupBy(subnet =>
                MakesOwnAddresses(subnet)
                    ? subnet.Id
                    : IPNetwork.Parse(subnet.Cidr).BaseAddress.AddressFamily.ToString()
            )
        )
        {
            string? taken = null;
            foreach (var subnet in group)
            {
                taken = await TakeAsync(session, port, subnet);
                if (taken is not null)
                {
                    assigned.Add(new FixedIpEntry { SubnetId = subnet.Id, IpAddress = taken });
                    break;
                }
            }
            full = taken is null ? string.Join(" and ", group.Select(subnet => subnet.Cidr)) : full;
        }
        if (full.Length > 0)
        {
            objections.Add(ObjectionKind.Conflict, "fixed_ips", $"{full} has no free address");
        }
        return assigned.DrainToImmutable();
    }

    static async ValueTask<string?> TakeAsync(InventorySession session, PortEntry port, SubnetEntry subnet)
    {
        if (!MakesOwnAddresses(subnet))
        {
            return (await session.PoolAsync(subnet)).TakeNext();
        }
        var own = IPNetwork.Parse(subnet.Cidr).InterfaceAddress(port.MacAddress).ToString();
        if (own == subnet.GatewayIp && !IsRouterInterface(port))
        {
            return null;
        }
        var holder = await PortTable.Instance.FindByAddressAsync(session.Sql, port.NetworkId, own);
        return holder is null || holder.Id == port.Id ? own : null;
    }

    static bool IsRouterInterface(PortEntry port) => DeviceOwners.RouterInterfaces.Contains(port.DeviceOwner);

    static bool MakesOwnAddresses(SubnetEntry subnet) => subnet.Ipv6AddressMode is "slaac" or "dhcpv6-stateless";

    /// <summary>
    /// The first address of an IPv6 subnet is that of any of its routers (RFC 4291 §2.6.1), which Neutron lets them have too.
    /// </summary>
    static bool IsAnycast(IPAddress address, PortEntry port) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && IsRouterInterface(port);

    static SubnetEntry? FindSubnet(
        ImmutableArray<SubnetEntry> subnets,
        FixedIpEntry address,
        string path,
        Objections objections
    )
    {
        if (address.SubnetId.Length > 0)
        {
            var wanted = TextRules.IsId(address.SubnetId, out var id) ? id : address.SubnetId;
            var named = subnets.Where(subnet => subnet.Id == wanted || subnet.Name == wanted).ToList();
            if (named.Count == 1)
            {
                return named[0];
            }
            objections.Add(
                named.Count == 0 ? ObjectionKind.NotFound : ObjectionKind.Ambiguous,
                $"{path}.subnet_id",
                named.Count == 0
                    ? $"the port's network has no subnet {TextRules.Quote(address.SubnetId)}"
                    : NamedIds.Sentence("subnet", address.SubnetId, [.. named.Select(subnet => subnet.Id)])
            );
            return null;
        }
        if (address.IpAddress.Length == 0)
        {
            objections.Invalid(path, "needs ip_address or subnet_id");
            return null;
        }
        if (objections.TakeAddress($"{path}.ip_address", address.IpAddress) is not { } parsed)
        {
            return null;
        }
        var around = subnets.FirstOrDefault(subnet => IPNetwork.Parse(subnet.Cidr).Contains(parsed));
        if (around is null)
        {
            objections.Invalid($"{path}.ip_address", $"{parsed} is in no subnet of the port's network");
        }
        return around;
    }

    static async ValueTask<string> CheckChosenAsync(
        InventorySession session,
        PortEntry port,
        SubnetEntry subnet,
        string text,
        string path,
        Objections objections
    )
    {
        path += ".ip_address";
        if (objections.TakeAddress(path, text) is not { } address)
        {
            return text;
        }
        var cidr = IPNetwork.Parse(subnet.Cidr);
        var (first, last) = cidr.Hosts();
        text = address.ToString();
        if (!cidr.Contains(address))
        {
            objections.Invalid(path, $"{text} is outside subnet {subnet.Id}, {subnet.Cidr}");
        }
        else if (ReservedAddresses.FindAround(address) is { } reserved)
        {
            // Of a subnet that was stored before it would have been refused.
            objections.Invalid(path, $"{text} is reserved: it lies in {reserved}");
        }
        else if (address.ToNumber() > last || (address.ToNumber() < first && !IsAnycast(address, port)))
        {
            objections.Invalid(path, $"{text} is no address of a host in {subnet.Cidr}");
        }
        else if (text == subnet.GatewayIp && !IsRouterInterface(port))
        {
            objections.Add(
                ObjectionKind.Conflict,
                path,
                $"{text} is the gateway of subnet {subnet.Id}; only a router's interface can have it"
            );
        }
        else if (
            await PortTable.Instance.FindByAddressAsync(session.Sql, port.NetworkId, text) is { } holder
            && holder.Id != port.Id
        )
        {
            objections.Add(ObjectionKind.Conflict, path, $"{text} is already used by port {holder.Id}");
        }
        return text;
    }
}
