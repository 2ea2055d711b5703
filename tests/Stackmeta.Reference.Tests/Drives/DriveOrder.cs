using System.Text.Json;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>An instance whose drive is wanted.</summary>
/// <param name="Name">A name for its files.</param>
/// <param name="Uuid">The instance.</param>
sealed record DriveOrder(string Name, string Uuid)
{
    /// <summary>Every recorded instance.</summary>
    public static IReadOnlyList<DriveOrder> All { get; } = Read();

    static List<DriveOrder> Read()
    {
        using var seed = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RecordedNova.Folder, "seed.json")));
        return
        [
            .. seed
                .RootElement.GetProperty("instances")
                .EnumerateArray()
                .Select(instance => new DriveOrder(
                    instance.GetProperty("key").GetString()!,
                    instance.GetProperty("uuid").GetString()!
                )),
        ];
    }
}
