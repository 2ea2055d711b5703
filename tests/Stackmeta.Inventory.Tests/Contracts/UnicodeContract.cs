using System.Text;

namespace Stackmeta.Inventory.Tests;

/// <summary>What is no Unicode is refused with its place, wherever it stands in a document.</summary>
public abstract class UnicodeContract<TStore> : StoreContract<TStore>
    where TStore : ITestStore, new()
{
    /// <summary>Half of a surrogate pair, in each of its forms, and bytes that are not UTF-8 (RFC 3629 §3).</summary>
    static readonly string[] Faults =
    [
        @"\ud800",
        @"\uDFFF",
        @"\udc00\ud800",
        @"\ud800x",
        @"\ud800\n\udc00",
        @"\ud800\ud800\udc00",
        "\u00ff",
        "\u00c0\u00af",
        "\u00ed\u00a0\u0080",
        "\u00f4\u0090\u0080\u0080",
        "\u00e2\u0082",
    ];

    [Theory]
    [InlineData("networks", """{"name":~"#"}""", "networks[1].name")]
    [InlineData("networks", """{~"#": 1}""", "networks[1]")]
    [InlineData("networks", """{~"injected": "#"}""", "networks[1].injected")]
    [InlineData("subnets", """{"network_id": "n", "cidr":~"#"}""", "subnets[0].cidr")]
    [InlineData(
        "subnets",
        """{"network_id": "n", "cidr": "10.0.0.0/24", "dns_nameservers": ["9.9.9.9",~"#"]}""",
        "subnets[0].dns_nameservers[1]"
    )]
    [InlineData(
        "subnets",
        """{"network_id": "n", "cidr": "10.0.0.0/24", "host_routes": [{"destination":~"#", "nexthop": ""}]}""",
        "subnets[0].host_routes[0].destination"
    )]
    [InlineData("routers", """{"project_id":~"#"}""", "routers[0].project_id")]
    [InlineData("ports", """{"network_id":~"#"}""", "ports[0].network_id")]
    [InlineData("ports", """{"network_id": "n", "device_id":~"#"}""", "ports[0].device_id")]
    [InlineData(
        "ports",
        """{"network_id": "n", "fixed_ips": [{"ip_address":~"#"}]}""",
        "ports[0].fixed_ips[0].ip_address"
    )]
    [InlineData("instances", """{"metadata": {"a.b":~"#"}}""", "instances[0].metadata.a.b")]
    [InlineData("instances", """{"metadata": {~"#": "a"}}""", "instances[0].metadata")]
    [InlineData("instances", """{"user_data":~"#"}""", "instances[0].user_data")]
    [InlineData("instances", """{"key_pair": {"name":~"#", "type": "ssh"}}""", "instances[0].key_pair.name")]
    [InlineData("instances", """{"devices": [{"serial":~"#"}]}""", "instances[0].devices[0].serial")]
    public async Task In_entries(string section, string entry, string path)
    {
        foreach (var fault in Faults)
        {
            var entries = entry
                .Replace("~", "\n\n", StringComparison.Ordinal)
                .Replace("#", fault, StringComparison.Ordinal);
            var document =
                section == "networks"
                    ? "{\"stackmeta_inventory\": 1,\n\"networks\": [{\"name\": \"n\"}," + entries + "]}"
                    : "{\"stackmeta_inventory\": 1, \"networks\": [{\"name\": \"n\"}],\n\""
                        + section
                        + "\": ["
                        + entries
                        + "]}";
            var objections = await ImportAsync(document);
            Assert.Contains(
                objections,
                objection =>
                    objection.Line is 2 or 4
                    && objection.Path == path
                    && objection.Sentence.Contains("hold", StringComparison.Ordinal)
            );
            Assert.Empty(await Inventory.Networks.ListAsync().ToListAsync());
        }
    }

    [Theory]
    [InlineData("{\n\"#\": 1}", "line 2: has a key that holds ")]
    [InlineData("{\"stackmeta_inventory\":\n\"#\"}", "line 2: holds ")]
    [InlineData("{\"stackmeta_inventory\": 1,\n\"#\": []}", "line 2: has a key that holds ")]
    [InlineData("{\"stackmeta_inventory\": 1,\n\"ports\":\n \"#\"}", "line 3: ports: holds ")]
    [InlineData("\n\"#\"", "line 2: holds ")]
    public async Task Around_them(string document, string beginning)
    {
        foreach (var fault in Faults)
        {
            var objections = await ImportAsync(document.Replace("#", fault, StringComparison.Ordinal));
            Assert.StartsWith(beginning, Assert.Single(objections).ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"stackmeta_inventory\": 1,\n\"ports\": [\u00ff]}", "line 2: ports[0]: is not JSON")]
    [InlineData("\u00ff\u00fe{\u0000", "line 1: is not JSON")]
    public async Task Outside_of_texts(string document, string beginning) =>
        Assert.StartsWith(beginning, Assert.Single(await ImportAsync(document)).ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task Whole_pairs_and_quoted_backslashes_are_taken()
    {
        const string Document = """
            {"stackmeta_inventory": 1, "routers": [{"name": "\ud83d\ude00 \\ud800 😀"}]}
            """;
        Assert.Empty(await Inventory.ImportTextAsync(Document));
        Assert.Equal("😀 \\ud800 😀", Assert.Single(await Inventory.Routers.ListAsync().ToListAsync()).Name);
    }

    /// <summary>A character of the document is a byte.</summary>
    ValueTask<System.Collections.Immutable.ImmutableArray<Objection>> ImportAsync(string document) =>
        Inventory.ImportAsync(new MemoryStream(Encoding.Latin1.GetBytes(document)), new ImportOptions());
}

public sealed class SqliteUnicode : UnicodeContract<SqliteTestStore>;

public sealed class PostgresLargeUnicode : UnicodeContract<PostgresLargeTestStore>;
