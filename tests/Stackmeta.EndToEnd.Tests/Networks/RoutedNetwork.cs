using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// A running program with a network whose gateway is a router of the inventory, and which has an IPv6 subnet with SLAAC; a
/// network with DHCPv6 and a gateway that is nobody's; and a guest on each.
/// </summary>
public sealed class RoutedNetwork : IAsyncLifetime
{
    public const string Gateway = "10.0.0.1";
    public const string Ipv6Gateway = "2001:db8:1::1";

    RunningProgram? _program;
    SqliteInventory? _inventory;
    Guest? _routed;
    Guest? _stateful;

    internal Guest Routed => _routed!;

    internal Guest Stateful => _stateful!;

    internal string RouterId { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        _program = await RunningProgram.StartAsync(RunningProgram.MakeFolder());
        _inventory = _program.OpenInventory();
        var router = (await _inventory.Routers.CreateAsync(new RouterEntry { Name = "edge" })).Value!;
        RouterId = router.Id;
        var network = await NetworkAsync("routed");
        var subnet = await SubnetAsync(
            new()
            {
                NetworkId = network.Id,
                Cidr = "10.0.0.0/24",
                GatewayIp = Gateway,
            }
        );
        var subnet6 = await SubnetAsync(
            new()
            {
                NetworkId = network.Id,
                Cidr = "2001:db8:1::/64",
                GatewayIp = Ipv6Gateway,
                Ipv6AddressMode = "slaac",
            }
        );
        var port = await _inventory.Ports.CreateAsync(
            new()
            {
                NetworkId = network.Id,
                DeviceId = router.Id,
                DeviceOwner = DeviceOwners.RouterInterface,
                FixedIps =
                [
                    new FixedIpEntry { SubnetId = subnet.Id, IpAddress = Gateway },
                    new FixedIpEntry { SubnetId = subnet6.Id, IpAddress = Ipv6Gateway },
                ],
            }
        );
        Assert.False(port.IsRefused);
        var stateful = await NetworkAsync("stateful");
        await SubnetAsync(
            new()
            {
                NetworkId = stateful.Id,
                Cidr = "2001:db8:2::/64",
                GatewayIp = "2001:db8:2::1",
                Ipv6AddressMode = "dhcpv6-stateful",
            }
        );
        await TwoNetworks.WaitForNetworkAsync(network.Id);
        await TwoNetworks.WaitForNetworkAsync(stateful.Id);
        _routed = await Guest.CreateAsync(_inventory, network.Id, InstanceOf("routed"));
        _stateful = await Guest.CreateAsync(_inventory, stateful.Id, InstanceOf("stateful"));
        await _routed.AcquireLeaseAsync();
    }

    static InstanceEntry InstanceOf(string name) => new() { Name = name, ProjectId = "p" };

    async Task<NetworkEntry> NetworkAsync(string name) =>
        (await _inventory!.Networks.CreateAsync(new NetworkEntry { Name = name, ProjectId = "p" })).Value!;

    async Task<SubnetEntry> SubnetAsync(SubnetEntry wanted)
    {
        var subnet = await _inventory!.Subnets.CreateAsync(wanted);
        Assert.False(subnet.IsRefused);
        return subnet.Value!;
    }

    public async ValueTask DisposeAsync()
    {
        await (_routed?.DisposeAsync() ?? default);
        await (_stateful?.DisposeAsync() ?? default);
        _inventory?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
            Directory.Delete(_program.Folder, recursive: true);
        }
    }
}
