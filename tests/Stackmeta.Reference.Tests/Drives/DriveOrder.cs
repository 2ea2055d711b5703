using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>A drive that Nova and we are both to build.</summary>
/// <param name="Name">A name for its files.</param>
/// <param name="Uuid">The instance.</param>
/// <param name="AdminPassword">As the driver got it; null for none.</param>
/// <param name="Files">As the user had them injected: path in the guest and content.</param>
sealed record DriveOrder(
    string Name,
    string Uuid,
    string? AdminPassword,
    ImmutableArray<(string Path, byte[] Content)> Files
)
{
    /// <summary>Every recorded instance: as it is, and as at its spawning with a password and two files.</summary>
    public static IReadOnlyList<DriveOrder> All { get; } =
    [
        .. Instances()
            .SelectMany(instance =>
                (DriveOrder[])
                    [
                        new(instance.Key, instance.Uuid, null, []),
                        new(
                            $"{instance.Key}-spawn",
                            instance.Uuid,
                            "p\"ä\\s/s <&> \u2603",
                            [("/etc/motd", "Grüße\n"u8.ToArray()), ("/root/bin/ä", [0, 255, 13, 10])]
                        ),
                    ]
            ),
    ];

    /// <summary>Whether it holds more than the instance's documents.</summary>
    public bool IsSpawn => AdminPassword is not null;

    public JsonObject ToJson()
    {
        var order = new JsonObject { ["name"] = Name, ["uuid"] = Uuid };
        if (AdminPassword is not null)
        {
            order["admin_pass"] = AdminPassword;
        }
        order["files"] = new JsonArray([
            .. Files.Select(file => (JsonNode)new JsonArray(file.Path, Convert.ToBase64String(file.Content))),
        ]);
        return order;
    }

    static IEnumerable<(string Key, string Uuid)> Instances()
    {
        using var seed = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RecordedNova.Folder, "seed.json")));
        return
        [
            .. seed
                .RootElement.GetProperty("instances")
                .EnumerateArray()
                .Select(instance =>
                    (instance.GetProperty("key").GetString()!, instance.GetProperty("uuid").GetString()!)
                ),
        ];
    }
}
