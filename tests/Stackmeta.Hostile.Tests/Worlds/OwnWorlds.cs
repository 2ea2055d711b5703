using Stackmeta.Inventory;

namespace Stackmeta.Hostile.Tests;

/// <summary>Networks of our inventory, with DHCP and all; machines are attached by <c>port attach</c>.</summary>
public abstract class OwnWorld : World
{
    /// <summary>Of each network.</summary>
    internal const string Ipv6Subnet = "2001:db8:77::/64";

    /// <summary>Who attaches waits for the network's lock, and not for ever: on a busy host many at once would give up.</summary>
    readonly SemaphoreSlim _attaching = new(1);

    private protected override async Task<GuestNetwork> ServeAsync(NetworkEntry network, SubnetEntry subnet)
    {
        var made = Value(await Inventory.Networks.CreateAsync(network));
        var within = Value(await Inventory.Subnets.CreateAsync(subnet with { NetworkId = made.Id }));
        Value(
            await Inventory.Subnets.CreateAsync(
                new()
                {
                    NetworkId = made.Id,
                    Cidr = Ipv6Subnet,
                    Ipv6AddressMode = "slaac",
                }
            )
        );
        var name = $"qdhcp-{made.Id}";
        await TwoNetworks.WaitForNetworkAsync(made.Id);
        var (device, mac) = await ServerOfAsync(name);
        return new(made.Id, within.Id, name, device, mac);
    }

    internal override async Task AttachAsync(Machine machine)
    {
        await _attaching.WaitAsync();
        try
        {
            var result = await StackmetaAsync("port", "attach", machine.PortId, machine.Tap);
            Assert.True(result.Code == 0, result.Error);
        }
        finally
        {
            _attaching.Release();
        }
    }

    internal override async Task DetachAsync(Machine machine)
    {
        var result = await StackmetaAsync("port", "detach", machine.PortId, machine.Tap);
        Assert.True(result.Code == 0, result.Error);
    }

    private protected override Task StopAsync() => Task.CompletedTask;

    private protected async Task UpAsync(params string[] more)
    {
        var port = RunningProgram.FreePort();
        Programs["up"] = await StartProgramAsync([
            "up",
            "--set",
            $"api.listen=127.0.0.1:{port}",
            "--set",
            $"agent.api=http://127.0.0.1:{port}",
            .. more,
        ]);
    }
}

/// <summary><c>stackmeta up</c> as it comes.</summary>
public sealed class UpWorld : OwnWorld
{
    internal override Kinds Kind => Kinds.Up;

    private protected override Task StartAsync() => UpAsync();
}

/// <summary>The same with guests served by an ordinary user.</summary>
public sealed class TwoHalvesWorld : OwnWorld
{
    internal override Kinds Kind => Kinds.TwoHalves;

    private protected override Task StartAsync() => UpAsync("--set", "edge.user=nobody");
}

/// <summary>The same with a haproxy in each network.</summary>
public sealed class HaproxyWorld : OwnWorld
{
    internal override Kinds Kind => Kinds.Haproxy;

    /// <summary>haproxy wants two for each connection that it may have, and inherits the limit.</summary>
    private protected override int Descriptors => 4096;

    private protected override Task StartAsync() => UpAsync("--set", "edge.proxy=haproxy");
}

/// <summary>The same with guests that reach it through their networks' routers.</summary>
public sealed class RouterWorld : OwnWorld
{
    const string Gateway = "10.0.0.1";

    internal override Kinds Kind => Kinds.Router;

    private protected override Task StartAsync() => UpAsync();

    private protected override async Task<GuestNetwork> ServeAsync(NetworkEntry network, SubnetEntry subnet)
    {
        var served = await base.ServeAsync(network, subnet with { GatewayIp = Gateway });
        var router = Value(await Inventory.Routers.CreateAsync(new() { Name = network.Name }));
        Value(
            await Inventory.Ports.CreateAsync(
                new()
                {
                    NetworkId = served.Id,
                    DeviceId = router.Id,
                    DeviceOwner = DeviceOwners.RouterInterface,
                    FixedIps = [new FixedIpEntry { SubnetId = served.SubnetId, IpAddress = Gateway }],
                }
            )
        );
        var name = $"qrouter-{router.Id}";
        var (device, mac) = await LinkWithAsync(name, Gateway);
        return served with { Namespace = name, Device = device, ServerMac = mac, Gateway = Gateway };
    }
}

/// <summary>API, agent and edge, each a process.</summary>
public sealed class ThreeProcessesWorld : OwnWorld
{
    internal override Kinds Kind => Kinds.ThreeProcesses;

    private protected override async Task StartAsync()
    {
        var port = RunningProgram.FreePort();
        string[] options = ["--set", $"api.listen=127.0.0.1:{port}", "--set", $"agent.api=http://127.0.0.1:{port}"];
        foreach (var hop in (string[])["api", "agent", "edge"])
        {
            Programs[hop] = await StartProgramAsync([hop, .. options]);
        }
    }
}
