using Microsoft.Data.Sqlite;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory.Tests;

/// <summary>What an earlier version took and this one refuses: it is read, shown and deleted as ever, and nobody is known by it.</summary>
public sealed class StoredBeforeTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string File => _folder.File("inventory.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Is_read_and_not_provided()
    {
        using var inventory = SqliteInventory.Open(File, TimeProvider.System);
        var network = await inventory.Networks.CreateAsync(new NetworkEntry { Name = "n" }).Taken();
        var subnet = await inventory
            .Subnets.CreateAsync(
                new SubnetEntry(EnableDhcp: false)
                {
                    NetworkId = network.Id,
                    Name = "old",
                    Cidr = "10.254.0.0/16",
                }
            )
            .Taken();
        var instance = await inventory.Instances.CreateAsync(new InstanceEntry { Name = "i" }).Taken();
        var port = await inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    DeviceId = instance.Id,
                    FixedIps = [new FixedIpEntry { IpAddress = "10.254.169.254" }],
                }
            )
            .Taken();
        Execute("UPDATE fixed_ips SET address = '169.254.169.254'");
        // Not even where its subnet may be provided.
        Assert.False(IsPortProvided(Assert.Single(await inventory.ReadLayoutsAsync())));
        Execute("UPDATE subnets SET cidr = '169.254.0.0/16'");

        var layout = Assert.Single(await inventory.ReadLayoutsAsync());
        Assert.Equal("169.254.0.0/16", Assert.Single(layout.Subnets).Cidr);
        Assert.False(ProvidedAddresses.IsProvided(layout.Subnets[0]));
        Assert.False(IsPortProvided(layout));
        Assert.Contains("169.254.169.254", await inventory.ExportedAsync(), StringComparison.Ordinal);

        var scope = new NetworkScope(NetworkScopeKind.Network, network.Id);
        Assert.True(GuestAddress.TryFrom(System.Net.IPAddress.Parse("169.254.169.254"), out var address));
        Assert.Equal(
            Refusal.PortNotFound,
            (await ((IPortDirectory)inventory).FindPortAsync(scope, address, default)).Refusal
        );
        Assert.Equal(
            Refusal.PortNotFound,
            (await ((IGuestDirectory)inventory).FindGuestAsync(scope, address, default)).Port.Refusal
        );
        // By its MAC it is known as before.
        var mac = GuestAddress.FromMacAddress(port.MacAddress);
        Assert.Equal(port.Id, (await ((IPortDirectory)inventory).FindPortAsync(scope, mac, default)).Port?.Id);

        await inventory.Subnets.ChangeAsync(subnet.Id, entry => entry with { Name = "renamed" }).Taken();
        var objection = await inventory.Ports.ChangeAsync(port.Id, entry => entry with { Name = "renamed" }).Refused();
        Assert.Contains("is reserved: it lies in 169.254.0.0/16", objection.Sentence, StringComparison.Ordinal);
        objection = await inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id }).Refused();
        Assert.Contains("has no free address", objection.Sentence, StringComparison.Ordinal);
        await inventory.Ports.DeleteAsync(port.Id).Taken();
        await inventory.Subnets.DeleteAsync(subnet.Id).Taken();
    }

    static bool IsPortProvided(NetworkLayout layout) =>
        ProvidedAddresses.IsProvided(layout.Ports[0].Port, layout.Ports[0].Port.FixedIps!.Value[0], layout.Subnets);

    void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False;Default Timeout=5");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
