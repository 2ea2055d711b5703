using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>A world of our own inventory: networks and guests come and go, what runs stays.</summary>
public abstract class InventoryWorld : FaultWorld
{
    const string Server = "10.9.0.2";
    const string Gateway = "10.9.0.1";

    readonly string _folder = RunningProgram.MakeFolder();
    readonly AppliedChanges _changes;
    SqliteInventory? _inventory;
    Guest? _guest;
    string _network = "";
    string _subnet = "";
    string _subnet6 = "";
    string _dhcpPort = "";
    string _router = "";
    string _routerPort = "";

    protected InventoryWorld() => _changes = new(_folder);

    internal override string Folder => _folder;

    internal override string[] Options => RunningProgram.OptionsOf(Folder, ApiPort)[2..];

    internal int ApiPort { get; } = RunningProgram.FreePort();

    internal override string Asked => _guest!.Port.Id;

    internal override string Network => _network;

    /// <summary>Whether a router is the network's gateway.</summary>
    private protected virtual bool IsRouted => false;

    /// <summary>Starts what serves; the folder is there.</summary>
    private protected abstract Task StartAsync();

    private protected abstract Task StopAsync();

    internal override Task<Explanation> ExplainHereAsync() =>
        new GuestExplainer(
            Settings,
            () => OpenInventory.Of(SqliteInventory.Open(Path.Combine(Folder, "inventory.db"), TimeProvider.System))
        )
        {
            Patience = TimeSpan.FromSeconds(5),
        }.ExplainAsync(Asked, Network, TestContext.Current.CancellationToken);

    public override async ValueTask InitializeAsync()
    {
        Requirements.Check();
        // So small that it is soon full.
        await Shell.RunAsync("mount", "-t", "tmpfs", "-o", "size=48m,mode=711", "stackmeta-faults", Folder);
        await StartAsync();
        _inventory = SqliteInventory.Open(Path.Combine(Folder, "inventory.db"), TimeProvider.System);
    }

    public override async ValueTask DisposeAsync()
    {
        await RemoveGuestAsync();
        _inventory?.Dispose();
        await StopAsync();
        await Shell.TryAsync("umount", [Folder]);
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal override async Task EnsureGuestAsync()
    {
        if (_guest is null)
        {
            await CreateGuestAsync(_inventory!);
        }
        await _changes.WaitAsync(_inventory!, _network, _subnet);
    }

    async Task CreateGuestAsync(SqliteInventory inventory)
    {
        var network = await inventory.Networks.CreateAsync(
            new NetworkEntry
            {
                Name = "faults",
                ProjectId = "project-1",
                Mtu = 1400,
            }
        );
        _network = network.Value!.Id;
        _subnet = await SubnetAsync(
            new()
            {
                Cidr = "10.9.0.0/24",
                GatewayIp = Gateway,
                DhcpServer = Server,
            }
        );
        _subnet6 = await SubnetAsync(new() { Cidr = "fd00:9::/64", Ipv6AddressMode = "slaac" });
        if (IsRouted)
        {
            await AddRouterAsync();
        }
        await TwoNetworks.WaitForNetworkAsync(_network);
        _guest = await Guest.CreateAsync(
            inventory,
            _network,
            new InstanceEntry { Name = "guest", ProjectId = "project-1" }
        );
        _dhcpPort = (await inventory.ReadLayoutsAsync(TestContext.Current.CancellationToken))
            .Single(layout => layout.Network.Id == _network)
            .DhcpPort!.Id;
    }

    internal override async Task RemoveGuestAsync()
    {
        if (_guest is not { } guest)
        {
            return;
        }
        _guest = null;
        await guest.DisposeAsync();
        foreach (var layout in await _inventory!.ReadLayoutsAsync(default))
        {
            foreach (var port in layout.Ports.Where(port => port.Port.DeviceOwner != DeviceOwners.Dhcp))
            {
                await _inventory.Ports.DeleteAsync(port.Port.Id);
            }
            foreach (var subnet in layout.Subnets)
            {
                await _inventory.Subnets.DeleteAsync(subnet.Id);
            }
            await _inventory.Networks.DeleteAsync(layout.Network.Id);
        }
    }

    internal override Dictionary<string, string?> Variables =>
        new()
        {
            ["NS"] = IsRouted ? $"qrouter-{_router}" : $"qdhcp-{_network}",
            ["TAP"] = IsRouted ? $"qr-{_routerPort[..11]}" : $"tap{_dhcpPort[..11]}",
            ["END"] = $"vtp{_dhcpPort[..11]}",
            ["BRIDGE"] = $"brq{_network[..11]}",
            ["SERVER"] = Server,
            ["GATEWAY"] = Gateway,
            ["GUEST"] = _guest!.Namespace,
            ["GUESTEND"] = $"tap{_guest.Port.Id[..11]}",
            ["MAC"] = _guest.Port.MacAddress,
            ["ADDRESS"] = _guest.Address,
            ["PORT"] = _guest.Port.Id,
            ["INSTANCE"] = _guest.Instance.Id,
            ["NETWORK"] = _network,
            ["SUBNET"] = _subnet,
            ["SUBNET6"] = _subnet6,
            ["FILES"] = Path.Combine(Folder, "run/networks", _network),
        };

    async Task<string> SubnetAsync(SubnetEntry wanted)
    {
        var subnet = await _inventory!.Subnets.CreateAsync(wanted with { NetworkId = _network });
        Assert.False(subnet.IsRefused);
        return subnet.Value!.Id;
    }

    async Task AddRouterAsync()
    {
        _router = (await _inventory!.Routers.CreateAsync(new RouterEntry { Name = "router" })).Value!.Id;
        var port = await _inventory.Ports.CreateAsync(
            new()
            {
                NetworkId = _network,
                DeviceId = _router,
                DeviceOwner = DeviceOwners.RouterInterface,
                FixedIps = [new FixedIpEntry { SubnetId = _subnet, IpAddress = Gateway }],
            }
        );
        Assert.False(port.IsRefused);
        _routerPort = port.Value!.Id;
    }
}
