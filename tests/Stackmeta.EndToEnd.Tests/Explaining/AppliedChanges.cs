using Microsoft.Data.Sqlite;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// Waits until all that was written into the inventory holds in the network. The edge hears of a change a moment later and then puts every
/// link of the network right; a fault that is made in between would be healed by what was written before it.
/// </summary>
/// <param name="folder">The data folder of what runs.</param>
sealed class AppliedChanges(string folder)
{
    /// <summary>The newest change that is known to hold.</summary>
    long _applied;

    /// <summary>How many marks were set.</summary>
    int _marks;

    /// <summary>
    /// Sets a mark, a DNS server of the subnet, and waits for it among the DHCP options: changes are applied in their order, and a
    /// network's files are written after its links. Where nothing was written since the last time, nothing is done: putting the network
    /// right again would hide that a fault was not healed.
    /// </summary>
    public async Task WaitAsync(IInventory inventory, string network, string subnet)
    {
        if (await NewestAsync() == _applied)
        {
            return;
        }
        // TEST-NET-1 of RFC 5737.
        var mark = $"192.0.2.{(++_marks % 254) + 1}";
        var marked = await inventory.Subnets.ChangeAsync(subnet, entry => entry with { DnsNameservers = [mark] });
        Assert.False(marked.IsRefused);
        _applied = await NewestAsync();
        var options = Path.Combine(folder, "run/networks", network, "opts");
        for (var tries = 0; !IsIn(options, mark); tries++)
        {
            Assert.True(tries < 1000, $"A change of network {network} is not applied.");
            await Task.Delay(20);
        }
    }

    static bool IsIn(string options, string mark) =>
        File.Exists(options) && File.ReadLines(options).Any(line => line.EndsWith($"dns-server,{mark}"));

    /// <summary>The number of the inventory's newest change, whoever made it.</summary>
    async Task<long> NewestAsync()
    {
        await using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(folder, "inventory.db")};Mode=ReadOnly;Pooling=False"
        );
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT max(number) FROM changes";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
