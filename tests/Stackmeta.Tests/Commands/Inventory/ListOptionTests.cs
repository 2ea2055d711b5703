using System.Text.Json;

namespace Stackmeta.Tests;

/// <summary>Options of lists add, <c>--no-X</c> clears, <c>unset</c> removes one.</summary>
public sealed class ListOptionTests : IAsyncLifetime
{
    readonly InventoryCommandLine _line = new();

    public async ValueTask InitializeAsync()
    {
        await _line.DoneAsync("network", "create", "n");
        await _line.DoneAsync("subnet", "create", "s", "--network", "n", "--cidr", "10.0.0.0/24");
        await _line.DoneAsync("subnet", "create", "s6", "--network", "n", "--cidr", "2001:db8::/64");
    }

    public ValueTask DisposeAsync()
    {
        _line.Dispose();
        return ValueTask.CompletedTask;
    }

    static string[] Texts(JsonElement entry, string list, string? key = null) =>
        entry.TryGetProperty(list, out var found)
            ? [.. found.EnumerateArray().Select(item => (key is null ? item : item.GetProperty(key)).GetString()!)]
            : [];

    [Fact]
    public async Task A_fixed_IP_is_added_and_the_floating_IP_of_another_stays()
    {
        const string First = "ip=10.0.0.5,floating=203.0.113.5";
        await _line.DoneAsync("port", "create", "p", "--network", "n", "--fixed-ip", First);
        var port = await _line.JsonAsync("port", "set", "p", "--fixed-ip", "ip=2001:db8::5");
        Assert.Equal(["10.0.0.5", "2001:db8::5"], Texts(port, "fixed_ips", "ip_address"));
        Assert.Equal(["203.0.113.5"], Texts(port.GetProperty("fixed_ips")[0], "floating_ips"));
        port = await _line.JsonAsync("port", "set", "p", "--fixed-ip", "ip=10.0.0.5,floating=203.0.113.6");
        Assert.Equal(["203.0.113.5", "203.0.113.6"], Texts(port.GetProperty("fixed_ips")[0], "floating_ips"));
        port = await _line.JsonAsync("port", "unset", "p", "--fixed-ip", "2001:db8::5");
        Assert.Equal(["10.0.0.5"], Texts(port, "fixed_ips", "ip_address"));
        port = await _line.JsonAsync("port", "set", "p", "--no-fixed-ip", "--fixed-ip", "ip=10.0.0.6");
        Assert.Equal(["10.0.0.6"], Texts(port, "fixed_ips", "ip_address"));
    }

    [Fact]
    public async Task Name_servers_and_routes_are_added_removed_and_cleared()
    {
        const string Route = "destination=10.9.0.0/16,nexthop=10.0.0.9";
        await _line.DoneAsync("subnet", "set", "s", "--dns-nameserver", "9.9.9.9", "--host-route", Route);
        var subnet = await _line.JsonAsync("subnet", "set", "s", "--dns-nameserver", "1.1.1.1");
        Assert.Equal(["9.9.9.9", "1.1.1.1"], Texts(subnet, "dns_nameservers"));
        subnet = await _line.JsonAsync("subnet", "unset", "s", "--dns-nameserver", "9.9.9.9", "--host-route", Route);
        Assert.Equal(["1.1.1.1"], Texts(subnet, "dns_nameservers"));
        Assert.Empty(Texts(subnet, "host_routes", "destination"));
        await _line.DoneAsync("subnet", "set", "s", "--host-route", Route);
        subnet = await _line.JsonAsync("subnet", "set", "s", "--no-dns-nameserver", "--no-host-route");
        Assert.Empty(Texts(subnet, "dns_nameservers"));
        Assert.Empty(Texts(subnet, "host_routes", "destination"));
    }

    [Fact]
    public async Task Security_groups_and_properties_are_added_removed_and_cleared()
    {
        await _line.DoneAsync("instance", "create", "a", "--security-group", "one", "--property", "k=v");
        var instance = await _line.JsonAsync("instance", "set", "a", "--security-group", "two", "--property", "l=w");
        Assert.Equal(["one", "two"], Texts(instance, "security_groups"));
        instance = await _line.JsonAsync("instance", "unset", "a", "--security-group", "one", "--property", "k");
        Assert.Equal(["two"], Texts(instance, "security_groups"));
        Assert.Equal("w", Assert.Single(instance.GetProperty("metadata").EnumerateObject()).Value.GetString());
        instance = await _line.JsonAsync("instance", "set", "a", "--no-security-group", "--no-property");
        Assert.Empty(Texts(instance, "security_groups"));
        Assert.DoesNotContain("\"l\"", instance.GetRawText());
    }

    [Theory]
    [InlineData("There is no fixed IP '10.0.0.9' to remove.", "port", "p", "--fixed-ip", "10.0.0.9")]
    [InlineData("There is no name server '9.9.9.9' to remove.", "subnet", "s", "--dns-nameserver", "9.9.9.9")]
    [InlineData("There is no property 'k' to remove.", "instance", "a", "--property", "k")]
    public async Task What_is_not_there_cannot_be_removed(
        string part,
        string noun,
        string name,
        params string[] options
    )
    {
        await _line.DoneAsync("port", "create", "p", "--network", "n");
        await _line.DoneAsync("instance", "create", "a");
        Assert.Contains(part, await _line.RefusedAsync(ExitCodes.Failed, [noun, "unset", name, .. options]));
    }
}
