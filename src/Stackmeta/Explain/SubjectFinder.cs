using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Core.Lookups;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Finds whose path is meant: an address, an instance or a port of the inventory.</summary>
static class SubjectFinder
{
    /// <param name="inventory">The inventory.</param>
    /// <param name="asked">An address, or the id or name of an instance or port.</param>
    /// <param name="network">The id or name of the network that is meant; null for any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">Nothing or too much is called so.</exception>
    /// <exception cref="InventoryException">The inventory cannot be read.</exception>
    public static async Task<PathSubject> FindAsync(
        IInventory inventory,
        string asked,
        string? network,
        CancellationToken cancellationToken
    )
    {
        var layouts = await inventory.ReadLayoutsAsync(cancellationToken);
        if (network is not null)
        {
            var wanted = Refusals.Taken(await inventory.Networks.FindAsync(network, cancellationToken));
            layouts = [.. layouts.Where(layout => layout.Network.Id == wanted.Id)];
        }
        var (layout, port, address, count) = IPAddress.TryParse(asked, out var parsed)
            ? ByAddress(layouts, parsed)
            : await ByNameAsync(inventory, layouts, asked, cancellationToken);
        if (
            port is { DeviceOwner: var owner }
            && owner.StartsWith(DeviceOwners.NetworkPrefix, StringComparison.Ordinal)
        )
        {
            throw new CommandException(
                $"{asked} is no guest's: its port {port.Id} belongs to {(owner == DeviceOwners.Dhcp ? "the DHCP server" : "a router")} ({owner})."
            );
        }
        var fixedIp = address is null ? null : FixedIpOf(port, address);
        var subnet = SubnetOf(layout, fixedIp, address);
        return new()
        {
            Asked = asked,
            NetworkId = Guid.Parse(layout.Network.Id),
            NetworkName = layout.Network.Name,
            Mtu = layout.Network.Mtu ?? 0,
            Port = port,
            PortCount = count,
            Address = address,
            Subnet = subnet,
            DhcpPort = layout.DhcpPort,
            HasIpv6 = layout.Subnets.Any(one =>
                IPNetwork.Parse(one.Cidr).BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
            ),
            NamespaceEnds = [.. NamespaceEndsOf(layout)],
            RouterPort = subnet is null ? null : EdgeRouters.GatewayOf(subnet, layout),
            Instance = port is { DeviceId.Length: > 0 }
                ? (await inventory.Instances.FindAsync(port.DeviceId, cancellationToken)).Value
                : null,
        };
    }

    static Found ByAddress(ImmutableArray<NetworkLayout> layouts, IPAddress address)
    {
        var owners = (
            from layout in layouts
            from port in layout.Ports
            where Has(port.Port, address)
            select new Found(layout, port.Port, address)
        ).ToList();
        if (owners.Count == 0)
        {
            // Nobody's address: what is left to say is which network it would be on.
            owners =
            [
                .. layouts
                    .Where(layout => layout.Subnets.Any(subnet => IPNetwork.Parse(subnet.Cidr).Contains(address)))
                    .Select(layout => new Found(layout, null, address)),
            ];
        }
        return owners.Count switch
        {
            0 => throw new CommandException(
                $"No network has a subnet with {address}; 'stackmeta subnet list' shows what there is."
            ),
            _ when owners.DistinctBy(owner => owner.Layout.Network.Id).Count() > 1 => throw new CommandException(
                $"{address} is on several networks ({string.Join(", ", owners.Select(owner => Called(owner.Layout)).Distinct())}); name one with --network."
            ),
            _ => owners[0],
        };
    }

    /// <summary>By fixed IP, or by the MAC that a link-local address was made from.</summary>
    static bool Has(PortEntry port, IPAddress address) =>
        FixedIpOf(port, address) is not null
        || (
            GuestAddress.TryFrom(address, out var guest)
            && guest.IsMacAddress
            && string.Equals(port.MacAddress, guest.Text, StringComparison.OrdinalIgnoreCase)
        );

    static async Task<Found> ByNameAsync(
        IInventory inventory,
        ImmutableArray<NetworkLayout> layouts,
        string asked,
        CancellationToken cancellationToken
    )
    {
        var named = await inventory.Instances.FindAsync(asked, cancellationToken);
        if (named.IsRefused && named.Objections[0].Kind == ObjectionKind.Ambiguous)
        {
            throw Refusals.Error(named.Objections);
        }
        var instance = named.Value;
        var mine = (
            from layout in layouts
            from port in layout.Ports
            where
                string.Equals(port.Port.Id, asked, StringComparison.OrdinalIgnoreCase)
                || port.Port.Name == asked
                || (instance is not null && port.Port.DeviceId == instance.Id)
            select (layout, port.Port)
        ).ToList();
        if (mine is [])
        {
            throw new CommandException(
                instance is null
                    ? $"There is no address, instance or port '{asked}'; 'stackmeta instance list' and 'stackmeta port list' show what there is."
                    : $"The instance '{asked}' has no port, so it asks from nowhere; 'stackmeta port create --network NETWORK --device {asked}' gives it one."
            );
        }
        if (instance is null && mine.Count > 1)
        {
            throw new CommandException(
                $"Several ports are named '{asked}'; use the id: {string.Join(", ", mine.Select(one => one.Port.Id))}."
            );
        }
        var (found, own) = mine[0];
        var addresses = own.FixedIps!.Value.Select(fixedIp => IPAddress.Parse(fixedIp.IpAddress)).ToList();
        var address =
            addresses.Find(address => address.AddressFamily == AddressFamily.InterNetwork)
            ?? addresses.FirstOrDefault();
        return new(found, own, address, mine.Count);
    }

    static FixedIpEntry? FixedIpOf(PortEntry? port, IPAddress address) =>
        port?.FixedIps!.Value.FirstOrDefault(fixedIp => IPAddress.Parse(fixedIp.IpAddress).Equals(address));

    static SubnetEntry? SubnetOf(NetworkLayout layout, FixedIpEntry? fixedIp, IPAddress? address) =>
        fixedIp is not null ? layout.Subnets.FirstOrDefault(subnet => subnet.Id == fixedIp.SubnetId)
        : address is not null ? layout.Subnets.FirstOrDefault(subnet => IPNetwork.Parse(subnet.Cidr).Contains(address))
        : null;

    static IEnumerable<string> NamespaceEndsOf(NetworkLayout layout) =>
        layout
            .Ports.Where(port => DeviceOwners.RouterInterfaces.Contains(port.Port.DeviceOwner))
            .Select(port => DeviceNames.Tap(Guid.Parse(port.Port.Id)))
            .Concat(layout.DhcpPort is { } dhcp ? [DeviceNames.BridgeEnd(Guid.Parse(dhcp.Id))] : []);

    static string Called(NetworkLayout layout) =>
        layout.Network.Name.Length > 0 ? layout.Network.Name : layout.Network.Id;

    /// <summary>Whom a question leads to.</summary>
    /// <param name="Layout">The network.</param>
    /// <param name="Port">Null when no port has the address.</param>
    /// <param name="Address">Null when the port has none.</param>
    /// <param name="Count">How many ports are called so.</param>
    sealed record Found(NetworkLayout Layout, PortEntry? Port, IPAddress? Address, int Count = 1);
}
