using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary><c>stackmeta port attach</c> beside <c>stackmeta up</c>: the guest is held to its port, whatever becomes of that.</summary>
public sealed class PortAttachTests : IAsyncLifetime
{
    const string Later = "10.0.0.99";

    RunningProgram? _program;
    SqliteInventory? _inventory;
    Guest? _guest;
    string _network = "";

    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        _program = await RunningProgram.StartAsync(RunningProgram.MakeFolder());
        _inventory = _program.OpenInventory();
        _network = (await TwoNetworks.CreateNetworkAsync(_inventory, "attached")).Id;
        _guest = await Guest.CreateAsync(
            _inventory,
            _network,
            new InstanceEntry { Name = "attached", ProjectId = "project-1" }
        );
        // As an interface that somebody else made.
        await Shell.RunAsync("ip", "link", "set", "dev", Device, "nomaster");
        await Shell.RunAsync("ip", "link", "set", "dev", Device, "alias", "");
    }

    string Device => DeviceNames.Tap(Guid.Parse(_guest!.Port.Id));

    [Fact]
    public async Task A_guest_is_held_to_its_port_as_the_port_is_now()
    {
        await StackmetaAsync("port", "attach", _guest!.Port.Id, Device);
        await _guest.AcquireLeaseAsync();
        Assert.Equal(_guest.Instance.Id, await _guest.UuidAsync());
        Assert.Contains(_guest.Address, await RulesAsync());

        await StackmetaAsync("port", "set", _guest.Port.Id, "--no-fixed-ip", "--fixed-ip", $"ip={Later}");
        for (var tries = 0; !(await RulesAsync()).Contains(Later, StringComparison.Ordinal); tries++)
        {
            Assert.True(tries < 200, "The rules do not follow the port.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        // The guest does not know it yet.
        var old = await _guest.RunAsync("curl", "-sS", "--max-time", "2", "http://169.254.169.254/");
        Assert.NotEqual(0, old.Code);
        await _guest.RunAsync("ip", "-4", "addr", "flush", "dev", "eth0");
        Assert.Equal(Later, (await _guest.AcquireLeaseAsync()).Address.ToString());
        Assert.Equal(_guest.Instance.Id, await _guest.UuidAsync());

        await StackmetaAsync("port", "detach", _guest.Port.Id, Device);
        Assert.Equal("", await RulesAsync());
    }

    [Fact]
    public async Task With_the_setting_off_it_is_not()
    {
        await StackmetaAsync("port", "attach", _guest!.Port.Id, Device, "--set", "edge.port_security=false");
        await _guest.AcquireLeaseAsync();
        Assert.Equal(_guest.Instance.Id, await _guest.UuidAsync());
        Assert.Equal("", await RulesAsync());
    }

    /// <summary>The network's rules; empty when there are none.</summary>
    async Task<string> RulesAsync() =>
        (await Shell.TryAsync("nft", ["list", "table", "bridge", $"stackmeta_{_network.Replace("-", "")}"])).Output;

    async Task StackmetaAsync(params string[] arguments)
    {
        var result = await Shell.TryAsync(Checkout.Program, [.. arguments, "--data", _program!.Folder]);
        Assert.True(result.Code == 0, result.Error);
    }

    public async ValueTask DisposeAsync()
    {
        await (_guest?.DisposeAsync() ?? default);
        _inventory?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
            Directory.Delete(_program.Folder, recursive: true);
        }
    }
}
