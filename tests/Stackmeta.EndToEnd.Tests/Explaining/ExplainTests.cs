using System.Text.Json.Nodes;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>Each fault on a network of its own: healthy before, named after.</summary>
public sealed class ExplainTests(ServingProgram serving) : IClassFixture<ServingProgram>
{
    public static TheoryData<string> Faults => [.. Fault.OfOneNetwork.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Explain_names_the_broken_link(string name)
    {
        var fault = Fault.OfOneNetwork.Single(fault => fault.Name == name);
        var inventory = serving.Inventory;
        var network = (
            await inventory.Networks.CreateAsync(
                new NetworkEntry
                {
                    Name = name,
                    ProjectId = "project-1",
                    Mtu = 1400,
                }
            )
        ).Value!;
        var subnet = (
            await inventory.Subnets.CreateAsync(new SubnetEntry { NetworkId = network.Id, Cidr = "10.9.0.0/24" })
        ).Value!;
        await inventory.Subnets.CreateAsync(
            new SubnetEntry
            {
                NetworkId = network.Id,
                Cidr = "fd00:9::/64",
                Ipv6AddressMode = "slaac",
            }
        );
        await TwoNetworks.WaitForNetworkAsync(network.Id);
        await using var guest = await Guest.CreateAsync(
            inventory,
            network.Id,
            new InstanceEntry { Name = $"guest of {name}", ProjectId = "project-1" }
        );
        await serving.WaitForHostAsync(network.Id, guest.Port.MacAddress);

        var healthy = await ExplainAsync(guest.Port.Id, network.Id);
        Assert.True(healthy.Code == 0, healthy.Output + healthy.Error);

        await InjectAsync(fault, network, subnet, guest);
        var explained = await ExplainAsync(fault.Asked ?? guest.Port.Id, network.Id, "--output", "json");
        Assert.True(explained.Code == 3, explained.Output + explained.Error);
        Assert.True(JsonNode.Parse(explained.Bytes)!["reason"]!.GetValue<string>() == fault.Reason, explained.Output);
    }

    // On a busy machine a healthy answer may take longer than an operator would wait.
    Task<Shell.Result> ExplainAsync(string asked, string network, params string[] more) =>
        Shell.TryAsync(
            Checkout.Program,
            ["explain", asked, "--network", network, "--patience", "5", .. serving.Program.Options, .. more]
        );

    async Task InjectAsync(Fault fault, NetworkEntry network, SubnetEntry subnet, Guest guest)
    {
        var dhcp = await DhcpPortAsync(network.Id);
        var variables = new Dictionary<string, string?>
        {
            ["NS"] = $"qdhcp-{network.Id}",
            ["TAP"] = "tap" + dhcp[..11],
            ["END"] = "vtp" + dhcp[..11],
            ["BRIDGE"] = "brq" + network.Id[..11],
            ["GUEST"] = guest.Namespace,
            ["GUESTEND"] = "tap" + guest.Port.Id[..11],
            ["MAC"] = guest.Port.MacAddress,
            ["ADDRESS"] = guest.Address,
            ["PORT"] = guest.Port.Id,
            ["INSTANCE"] = guest.Instance.Id,
            ["NETWORK"] = network.Id,
            ["SUBNET"] = subnet.Id,
            ["DATA"] = serving.Program.Folder,
            ["PROGRAM"] = $"{serving.Program.ProcessId}",
        };
        var script = $"set -e; stackmeta() {{ {Checkout.Program} \"$@\" --data $DATA >/dev/null; }}; {fault.Script}";
        var result = await Shell.TryAsync("bash", ["-c", script], environment: variables);
        Assert.True(result.Code == 0, result.Error);
    }

    async Task<string> DhcpPortAsync(string networkId)
    {
        var layouts = await serving.Inventory.ReadLayoutsAsync(TestContext.Current.CancellationToken);
        return layouts.Single(layout => layout.Network.Id == networkId).DhcpPort!.Id;
    }
}

/// <summary>A running program that the faults of one network are made beside.</summary>
public sealed class ServingProgram : IAsyncLifetime
{
    RunningProgram? _program;
    SqliteInventory? _inventory;

    internal RunningProgram Program => _program!;

    internal SqliteInventory Inventory => _inventory!;

    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        _program = await RunningProgram.StartAsync(RunningProgram.MakeFolder());
        _inventory = _program.OpenInventory();
    }

    /// <summary>Returns when the network's DHCP server has been told of a port.</summary>
    internal async Task WaitForHostAsync(string networkId, string mac)
    {
        var hosts = Path.Combine(Program.Folder, "run/networks", networkId, "host");
        for (
            var tries = 0;
            !File.Exists(hosts) || !File.ReadAllText(hosts).Contains(mac, StringComparison.Ordinal);
            tries++
        )
        {
            Assert.True(tries < 200, $"{hosts} does not get {mac}.");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _inventory?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
            Directory.Delete(_program.Folder, recursive: true);
        }
    }
}
