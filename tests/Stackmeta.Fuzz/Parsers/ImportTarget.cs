using Stackmeta.Inventory;

namespace Stackmeta.Fuzz;

/// <summary>A whole inventory document: taken, or objected to.</summary>
sealed class ImportTarget : TextTarget
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stackmeta-fuzz-");
    readonly SqliteInventory _inventory;

    public ImportTarget() =>
        _inventory = SqliteInventory.Open(Path.Combine(_folder.FullName, "i.db"), TimeProvider.System);

    protected override IEnumerable<string> Texts =>
        [
            """
                {"networks": [{"name": "lab", "mtu": 1450}],
                 "subnets": [{"network_id": "lab", "cidr": "10.77.0.0/24", "gateway_ip": "10.77.0.1", "dns_nameservers": ["10.77.0.2"],
                              "host_routes": [{"destination": "0.0.0.0/0", "nexthop": "10.77.0.1"}]}],
                 "routers": [{"name": "r"}],
                 "instances": [{"name": "web-1", "hostname": "web-1", "user_data": "aGVsbG8=", "metadata": {"a": "b"},
                                "keys": [{"name": "k", "type": "ssh", "data": "ssh-ed25519 AAAA"}]}],
                 "ports": [{"network_id": "lab", "device_id": "web-1", "mac_address": "fa:16:3e:00:00:01",
                            "fixed_ips": [{"ip_address": "10.77.0.9"}]}]}
                """,
        ];

    protected override IEnumerable<string> Pieces =>
        [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"\\ud800\"",
            "\\ud800",
            "\\u0000",
            "null",
            "-1",
            "1e999",
            "99999999999999999999",
            "\ufeff",
            "true",
            "\"10.77.0.0/33\"",
            "\"::/0\"",
            "\"169.254.169.254\"",
            "\"name\": \"x\",",
            "{\"name\": \"x\"},",
        ];

    protected override bool IsSaid(Exception exception) => exception is InventoryException;

    protected override async ValueTask ParseAsync(byte[] input)
    {
        using var document = new MemoryStream(input);
        await _inventory.ImportAsync(document, new() { Replace = true });
        // What was taken can be read again.
        await _inventory.ExportAsync(Stream.Null);
        await _inventory.ReadLayoutsAsync();
    }

    protected override ValueTask CloseAsync()
    {
        _inventory.Dispose();
        _folder.Delete(recursive: true);
        return default;
    }
}
