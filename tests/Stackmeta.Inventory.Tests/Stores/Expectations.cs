using System.Text;
using System.Text.Json;

namespace Stackmeta.Inventory.Tests;

/// <summary>What tests say about outcomes.</summary>
static class Expectations
{
    /// <summary>The value of an outcome that must be no refusal.</summary>
    public static async Task<T> Taken<T>(this ValueTask<Outcome<T>> outcome)
        where T : class
    {
        var result = await outcome;
        Assert.True(!result.IsRefused, string.Join("; ", result.Objections));
        return result.Value;
    }

    /// <summary>The objection of an outcome that must be refused for one reason.</summary>
    public static async Task<Objection> Refused<T>(this ValueTask<Outcome<T>> outcome)
        where T : class
    {
        var result = await outcome;
        Assert.True(result.IsRefused, "was not refused");
        return Assert.Single(result.Objections);
    }

    /// <summary>The first objection of an outcome that must be refused.</summary>
    public static async Task<Objection> RefusedFirst<T>(this ValueTask<Outcome<T>> outcome)
        where T : class
    {
        var result = await outcome;
        Assert.True(result.IsRefused, "was not refused");
        return result.Objections[0];
    }

    /// <summary>The whole inventory as text, by which two can be compared.</summary>
    public static async Task<string> ExportedAsync(this IInventory inventory)
    {
        using var document = new MemoryStream();
        await inventory.ExportAsync(document);
        return Encoding.UTF8.GetString(document.ToArray());
    }

    public static ValueTask<System.Collections.Immutable.ImmutableArray<Objection>> ImportTextAsync(
        this IInventory inventory,
        string document,
        bool replace = false
    ) =>
        inventory.ImportAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(document)),
            new ImportOptions { Replace = replace }
        );

    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> all)
    {
        var list = new List<T>();
        await foreach (var item in all)
        {
            list.Add(item);
        }
        return list;
    }

    /// <summary>An entry as text, since records that hold lists do not compare by them.</summary>
    public static string Text(this InstanceEntry entry) =>
        JsonSerializer.Serialize(entry, InventoryJson.Default.InstanceEntry);

    public static string Text(this PortEntry entry) => JsonSerializer.Serialize(entry, InventoryJson.Default.PortEntry);

    public static string Text(this SubnetEntry entry) =>
        JsonSerializer.Serialize(entry, InventoryJson.Default.SubnetEntry);
}
