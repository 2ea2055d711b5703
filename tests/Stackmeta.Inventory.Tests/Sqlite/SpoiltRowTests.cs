using Microsoft.Data.Sqlite;

namespace Stackmeta.Inventory.Tests;

/// <summary>Rows that nobody wrote by way of the rules: they are named with their network, and the others are read.</summary>
public sealed class SpoiltRowTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("UPDATE fixed_ips SET floating_ips = '[' WHERE network_id = '{0}'", "port", 1, 0)]
    [InlineData("UPDATE subnets SET host_routes = '{{' WHERE network_id = '{0}'", "subnet", 0, 1)]
    public async Task Are_named_and_the_others_are_read(string statement, string kind, int subnets, int ports)
    {
        using var inventory = SqliteInventory.Open(_folder.File("inventory.db"), TimeProvider.System);
        var ids = new List<string>();
        foreach (var name in (string[])["good", "bad", "later"])
        {
            var network = await inventory.Networks.CreateAsync(new NetworkEntry { Name = name }).Taken();
            await inventory
                .Subnets.CreateAsync(
                    new SubnetEntry(EnableDhcp: false) { NetworkId = network.Id, Cidr = "10.0.0.0/24" }
                )
                .Taken();
            await inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id }).Taken();
            ids.Add(network.Id);
        }
        Execute(string.Format(System.Globalization.CultureInfo.InvariantCulture, statement, ids[1]));

        foreach (
            var layouts in (
                new[]
                {
                    await inventory.ReadLayoutsAsync(),
                    await inventory.ReadLayoutsAsync(ids),
                    await inventory.ReadLayoutsOfHostAsync("any"),
                }
            )
        )
        {
            Assert.Equal(ids, layouts.Select(layout => layout.Network.Id));
            Assert.Equal([1, subnets, 1], layouts.Select(layout => layout.Subnets.Length));
            Assert.Equal([1, ports, 1], layouts.Select(layout => layout.Ports.Length));
            Assert.Equal([0, 1, 0], layouts.Select(layout => layout.Faults.Length));
            Assert.Equal((kind, ids[1]), (layouts[1].Faults[0].Kind, layouts[1].Faults[0].NetworkId));
        }
        Assert.Empty(await inventory.ReadLayoutsAsync(["44444444-4444-4444-4444-444444444444"]));
    }

    void Execute(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("inventory.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }
}
