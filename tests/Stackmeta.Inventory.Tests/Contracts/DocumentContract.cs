using System.Text;

namespace Stackmeta.Inventory.Tests;

/// <summary>Import and export of the whole as one document.</summary>
public abstract class DocumentContract<TStore> : StoreContract<TStore>
    where TStore : ITestStore, new()
{
    [Fact]
    public async Task The_example_in_the_documentation_is_taken()
    {
        Assert.Empty(await Inventory.ImportTextAsync(Documentation.Example()));
        var instance = await Inventory.Instances.FindAsync("web-1").Taken();
        Assert.Equal("#cloud-config\npackages: [nginx]\n", Encoding.UTF8.GetString(instance.UserData!.Value.Span));
        var ports = await Inventory.Ports.ListAsync().ToListAsync();
        var worker = await Inventory.Instances.FindAsync("worker").Taken();
        var addresses = ports.Single(port => port.DeviceId == worker.Id).FixedIps!.Value;
        // .65 is the router's, .66 the DHCP server's, both said elsewhere in the document.
        Assert.Equal("10.0.0.67", addresses[0].IpAddress);
        Assert.StartsWith("2001:db8::f816:3eff:fe", addresses[1].IpAddress, StringComparison.Ordinal);
        Assert.Equal(
            "10.0.0.66",
            ports.Single(port => port.DeviceOwner == DeviceOwners.Dhcp).FixedIps!.Value[0].IpAddress
        );
    }

    [Fact]
    public async Task Export_and_import_give_an_equal_store()
    {
        Assert.Empty(await Inventory.ImportTextAsync(Documentation.Example()));
        await Inventory
            .Instances.CreateAsync(
                Samples.FullInstance with
                {
                    Id = "",
                    KernelId = "image-1",
                    RamdiskId = "6ab6c2f5-9f4b-4d0e-8b0e-2f1f0a9d9f11",
                    Password = "größe",
                }
            )
            .Taken();
        var exported = await Inventory.ExportedAsync();
        using var other = new TStore();
        Assert.Empty(await other.Inventory.ImportTextAsync(exported));
        Assert.Equal(exported, await other.Inventory.ExportedAsync());
        Assert.Empty(await other.Inventory.ImportTextAsync(exported, replace: true));
        Assert.Equal(exported, await other.Inventory.ExportedAsync());
    }

    [Fact]
    public async Task The_same_document_is_taken_once_unless_it_replaces()
    {
        Assert.Empty(await Inventory.ImportTextAsync(Documentation.Example()));
        var exported = await Inventory.ExportedAsync();
        var objections = await Inventory.ImportTextAsync(exported);
        Assert.All(objections, objection => Assert.Equal(ObjectionKind.Conflict, objection.Kind));
        Assert.Equal("networks[0].id", objections[0].Path);
        Assert.Equal(exported, await Inventory.ExportedAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dry_run_is_taken_back(bool replace)
    {
        await Inventory.Networks.CreateAsync(new NetworkEntry { Name = "before" }).Taken();
        var exported = await Inventory.ExportedAsync();
        var options = new ImportOptions { IsDryRun = true, Replace = replace };
        var document = Encoding.UTF8.GetBytes(Documentation.Example());
        Assert.Empty(await Inventory.ImportAsync(new MemoryStream(document), options));
        Assert.Equal(exported, await Inventory.ExportedAsync());
        Assert.NotEmpty(await Inventory.ImportAsync(new MemoryStream("{}"u8.ToArray()), options));
        Assert.Empty(await Inventory.ImportTextAsync(Documentation.Example()));
    }

    [Fact]
    public async Task Replacing_with_a_wrong_document_leaves_what_was_there()
    {
        Assert.Empty(await Inventory.ImportTextAsync(Documentation.Example()));
        var exported = await Inventory.ExportedAsync();
        Assert.NotEmpty(
            await Inventory.ImportTextAsync(
                Documentation.Example().Replace("10.0.0.70", "10.9.0.70", StringComparison.Ordinal),
                replace: true
            )
        );
        Assert.Equal(exported, await Inventory.ExportedAsync());
    }

    [Fact]
    public async Task An_objection_names_the_line_and_the_path()
    {
        const string Document = """
            { "stackmeta_inventory": 1,
              "networks": [ { "name": "n" } ],
              "subnets": [
                { "network_id": "n", "cidr": "10.0.0.0/24", "dhcp_server": "10.0.0.2" }
              ],
              "ports": [
                { "network_id": "n" },
                { "network_id": "n",
                  "id": "11111111-1111-1111-1111-111111111111",
                  "fixed_ips": [ { "ip_address": "10.0.0.5" } ] },
                { "network_id": "n", "fixed_ips": [
                    { "ip_address": "10.0.0.9" },
                    {
                      "ip_address": "10.0.0.5"
                    } ] },
                { "network_id": "none" }
              ]
            }
            """;
        Assert.Equal(
            [
                "line 14: ports[2].fixed_ips[1].ip_address: 10.0.0.5 is already used by port 11111111-1111-1111-1111-111111111111",
                "line 16: ports[3].network_id: there is no network with the id or name 'none'",
            ],
            (await Inventory.ImportTextAsync(Document)).Select(objection => objection.ToString())
        );
        Assert.Empty(await Inventory.Networks.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task What_is_settled_at_the_end_is_objected_to_where_it_stands()
    {
        const string Document = """
            { "stackmeta_inventory": 1,
              "networks": [ { "name": "n" } ],
              "subnets": [ { "network_id": "n", "cidr": "10.0.0.0/31", "enable_dhcp": false } ],
              "ports": [
                { "network_id": "n" },
                { "network_id": "n" },
                { "network_id": "n" }
              ] }
            """;
        var objection = Assert.Single(await Inventory.ImportTextAsync(Document));
        Assert.Equal("line 7: ports[2].fixed_ips: 10.0.0.0/31 has no free address", objection.ToString());
    }

    [Theory]
    [InlineData("", "line 1: is not JSON")]
    [InlineData("[]", "line 1: this is no inventory document")]
    [InlineData("{}", "line 1: this is no inventory document")]
    [InlineData("{\"networks\": []}", "line 1: this is no inventory document")]
    [InlineData("{\n\"stackmeta_inventory\":\n 2}", "line 3: the document is of a version")]
    [InlineData("{\"stackmeta_inventory\": \"1\"}", "line 1: the document is of a version")]
    [InlineData("{\"stackmeta_inventory\": 1,\n\"nets\": []}", "line 2: 'nets' is none of the document's keys")]
    [InlineData(
        "{\"stackmeta_inventory\": 1,\n\"ports\": [],\n\"networks\": []}",
        "line 3: 'networks' stands after 'ports'"
    )]
    [InlineData("{\"stackmeta_inventory\": 1,\n\"ports\": [],\n\"ports\": []}", "line 3: 'ports' stands after 'ports'")]
    [InlineData("{\"stackmeta_inventory\": 1,\n\"ports\": {}}", "line 2: ports: must be a list")]
    [InlineData("{\"stackmeta_inventory\": 1,\n\"ports\": [", "line 2: ports[0]: is not JSON")]
    [InlineData("{\"stackmeta_inventory\": 1}\n{}", "line 2: is not JSON")]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"routers\": [\n{},\n{\"name\": \"x\",}]}",
        "line 3: routers[1]: is not JSON"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"routers\": [{\"name\":\n1}]}",
        "line 2: routers[0].name: must be a text"
    )]
    [InlineData("{\"stackmeta_inventory\": 1, \"routers\": [\n7]}", "line 2: routers[0]: must be an object")]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"routers\": [{\"name\": null}]}",
        "line 1: routers[0].name: must be a text"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"networks\": [{\"mtu\": 1450.5}]}",
        "line 1: networks[0].mtu: must be a whole number or null"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"networks\": [{\"mtu\": 99999999999}]}",
        "line 1: networks[0].mtu: must be a whole number"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"networks\": [{\n\"a\": 1,\n\"a\": 1}]}",
        "line 3: networks[0].a: stands twice"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"networks\": [{\n\"a\": 1}]}",
        "line 2: networks[0].a: is an unknown key; known are id, name, project_id, mtu, injected"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"instances\": [{\"user_data\": \"***\"}]}",
        "line 1: instances[0].user_data: must be bytes in base64"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"instances\": [{\"metadata\": {\"a\": 1}}]}",
        "line 1: instances[0].metadata: must be an object whose values are texts"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"instances\": [{\"metadata\": {\n\"a.b\": \"\\u0000\"}}]}",
        "line 2: instances[0].metadata.a.b: holds the character U+0000"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"instances\": [{\"devices\": [{\"serial\": 1}]}]}",
        "instances[0].devices[0].serial: must be a text or null"
    )]
    [InlineData(
        "{\"stackmeta_inventory\": 1, \"instances\": [{\"key_pair\": {\"name\": \"k\"}}]}",
        "line 1: instances[0].key_pair: has no type"
    )]
    public async Task Documents_that_are_not_right(string document, string beginning)
    {
        var objections = await Inventory.ImportTextAsync(document);
        Assert.NotEmpty(objections);
        Assert.Contains(objections, objection => objection.ToString().Contains(beginning, StringComparison.Ordinal));
        Assert.All(objections, objection => Assert.NotNull(objection.Line));
    }

    [Fact]
    public async Task No_more_is_said_than_was_asked_for()
    {
        var networks = string.Join(",\n", Enumerable.Repeat("{\"mtu\": 1, \"x\": 2}", 100));
        var document = $"{{\"stackmeta_inventory\": 1, \"networks\": [{networks}]}}";
        Assert.Equal(20, (await Inventory.ImportTextAsync(document)).Length);
    }

    [Fact]
    public async Task A_list_with_objections_keeps_the_next_from_being_read()
    {
        const string Document = """
            { "stackmeta_inventory": 1, "networks": [ { "name": "n", "mtu": 1 } ], "ports": [ { "network_id": "n" } ] }
            """;
        Assert.Equal("networks[0].mtu", Assert.Single(await Inventory.ImportTextAsync(Document)).Path);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task A_document_may_come_in_pieces(int piece)
    {
        var text = Documentation.Example().Replace("\n", "\r\n", StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(text)).ToArray();
        Assert.Empty(await Inventory.ImportAsync(new PiecewiseStream(bytes, piece), new ImportOptions()));
        Assert.Equal(2, (await Inventory.Instances.ListAsync().ToListAsync()).Count);
    }

    [Fact]
    public async Task A_document_that_breaks_off_leaves_nothing()
    {
        var bytes = Encoding.UTF8.GetBytes(Documentation.Example());
        for (var length = 0; length < bytes.Length - 1; length += 97)
        {
            Assert.NotEmpty(await Inventory.ImportAsync(new MemoryStream(bytes, 0, length), new ImportOptions()));
        }
        Assert.Empty(await Inventory.Networks.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task An_entry_that_is_too_long_is_refused_and_not_kept_in_memory()
    {
        var document = $"{{\"stackmeta_inventory\": 1, \"routers\": [{{\"name\": \"{new string('x', 2_000_000)}\"}}]}}";
        var objection = Assert.Single(await Inventory.ImportTextAsync(document));
        Assert.Equal("line 1: routers[0]: is longer than 1048576 bytes", objection.ToString());
    }

    [Fact]
    public async Task Progress_is_told()
    {
        var entries = string.Join(",", Enumerable.Repeat("{}", 2_500));
        var document = $"{{\"stackmeta_inventory\": 1, \"routers\": [{entries}]}}";
        var told = new List<ImportProgress>();
        await Inventory.ImportAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(document)),
            new ImportOptions(),
            new Teller(told)
        );
        Assert.Equal([1_000, 2_000, 2_500], told.Select(progress => progress.Entries).Distinct());
        Assert.Equal(document.Length, told[^1].Bytes);
    }

    sealed class Teller(List<ImportProgress> told) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => told.Add(value);
    }
}

public sealed class SqliteDocuments : DocumentContract<SqliteTestStore>;

public sealed class PostgresDocuments : DocumentContract<PostgresTestStore>;

public sealed class PostgresLargeDocuments : DocumentContract<PostgresLargeTestStore>;
