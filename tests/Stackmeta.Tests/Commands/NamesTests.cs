namespace Stackmeta.Tests;

/// <summary>Where a command takes an id it takes a name, and an unknown one is an error.</summary>
public sealed class NamesTests : IDisposable
{
    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("refusals --network lab", "no network or router with the id or name 'lab'")]
    [InlineData("refusals --instance lab", "no instance with the id or name 'lab'")]
    [InlineData("trace --network lab", "no network or router with the id or name 'lab'")]
    [InlineData("trace --instance lab", "no instance with the id or name 'lab'")]
    [InlineData("port list --device lab", "no instance or router with the id or name 'lab'")]
    [InlineData("port list --network lab", "no network with the id or name 'lab'")]
    [InlineData("subnet list --network lab", "no network with the id or name 'lab'")]
    [InlineData("port attach lab tap0", "no port or instance with the id or name 'lab'")]
    [InlineData("port detach lab tap0", "no port or instance with the id or name 'lab'")]
    [InlineData("explain lab", "no address, instance or port 'lab'")]
    [InlineData("explain 10.0.0.1 --network lab", "no network with the id or name 'lab'")]
    [InlineData("get lab", "no instance with the id or name 'lab'")]
    public async Task An_unknown_name_is_an_error(string command, string part)
    {
        await _line.DoneAsync("network", "create", "other");
        Assert.Contains(part, await _line.RefusedAsync(ExitCodes.Failed, command.Split(' ')));
    }

    [Theory]
    [InlineData("refusals --instance web")]
    [InlineData("trace --instance web")]
    [InlineData("port list --device web")]
    [InlineData("port attach web tap0")]
    [InlineData("explain web")]
    [InlineData("get web")]
    [InlineData("instance show web")]
    [InlineData("config-drive build web --out drive")]
    public async Task Of_a_name_of_several_the_ids_are_told(string command)
    {
        var one = await _line.JsonAsync("instance", "create", "web");
        var other = await _line.JsonAsync("instance", "create", "web");
        var said = await _line.RefusedAsync(ExitCodes.Failed, command.Split(' '));
        Assert.Contains("several instances are named 'web'", said);
        Assert.Contains(one.GetProperty("id").GetString()!, said);
        Assert.Contains(other.GetProperty("id").GetString()!, said);
    }

    [Fact]
    public async Task A_name_of_a_network_and_a_router_is_told_with_both_ids()
    {
        var network = await _line.JsonAsync("network", "create", "lab");
        var router = await _line.JsonAsync("router", "create", "lab");
        var said = await _line.RefusedAsync(ExitCodes.Failed, "refusals", "--network", "lab");
        Assert.Contains($"a network ({network.GetProperty("id")}) and a router ({router.GetProperty("id")})", said);
    }

    [Fact]
    public async Task Ports_of_a_device_are_found_by_what_they_name()
    {
        await _line.DoneAsync("network", "create", "n");
        await _line.DoneAsync("subnet", "create", "--network", "n", "--cidr", "10.0.0.0/24");
        var dhcp = (await _line.JsonAsync("port", "list"))[0].GetProperty("device_id").GetString()!;
        Assert.Equal(1, (await _line.JsonAsync("port", "list", "--device", dhcp)).GetArrayLength());
        await _line.DoneAsync("router", "create", "edge");
        Assert.Equal(0, (await _line.JsonAsync("port", "list", "--device", "edge")).GetArrayLength());
    }

    [Fact]
    public async Task An_instance_stands_for_its_only_port()
    {
        await _line.DoneAsync("network", "create", "n");
        await _line.DoneAsync("subnet", "create", "--network", "n", "--cidr", "10.0.0.0/24");
        await _line.DoneAsync("instance", "create", "web-1");
        string[] attach = ["port", "attach", "web-1", "no-such-tap"];
        Assert.Contains("Instance 'web-1' has no port", await _line.RefusedAsync(ExitCodes.Failed, attach));
        await _line.DoneAsync("port", "create", "--network", "n", "--device", "web-1");
        var said = await _line.RefusedAsync(ExitCodes.Failed, attach);
        Assert.DoesNotContain("no port", said);
        Assert.DoesNotContain("several ports", said);
        var second = await _line.JsonAsync("port", "create", "--network", "n", "--device", "web-1");
        said = await _line.RefusedAsync(ExitCodes.Failed, attach);
        Assert.Contains("has several ports; name one: ", said);
        Assert.Contains(second.GetProperty("id").GetString()!, said);
    }

    [Fact]
    public async Task Several_ports_of_one_name_are_told_with_their_ids()
    {
        await _line.DoneAsync("network", "create", "n");
        await _line.DoneAsync("subnet", "create", "--network", "n", "--cidr", "10.0.0.0/24");
        var one = await _line.JsonAsync("port", "create", "eth0", "--network", "n");
        await _line.DoneAsync("port", "create", "eth0", "--network", "n");
        var said = await _line.RefusedAsync(ExitCodes.Failed, "explain", "eth0");
        Assert.Contains(one.GetProperty("id").GetString()!, said);
    }

    [Theory]
    [InlineData("network list --data")]
    [InlineData("up --data")]
    [InlineData("settings --data")]
    public async Task An_empty_data_folder_is_an_error(string command)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(
            [.. command.Split(' '), ""],
            output,
            error,
            TestContext.Current.CancellationToken
        );
        Assert.Equal((ExitCodes.Usage, ""), (code, output.ToString()));
        Assert.Contains("--data is empty; name a folder.", error.ToString());
    }

    [Fact]
    public async Task An_interface_is_removed_by_unset()
    {
        await _line.DoneAsync("network", "create", "n");
        await _line.DoneAsync("subnet", "create", "s", "--network", "n", "--cidr", "10.0.0.0/24");
        await _line.DoneAsync("router", "create", "edge", "--interface", "s");
        Assert.Equal(1, (await _line.JsonAsync("port", "list", "--device", "edge")).GetArrayLength());
        await _line.DoneAsync("router", "unset", "edge", "--interface", "s");
        Assert.Equal(0, (await _line.JsonAsync("port", "list", "--device", "edge")).GetArrayLength());
        var said = await _line.RefusedAsync(ExitCodes.Failed, "router", "unset", "edge", "--interface", "s");
        Assert.Contains("has no interface in subnet 's'", said);
    }
}
