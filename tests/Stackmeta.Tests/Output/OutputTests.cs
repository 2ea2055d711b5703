using System.Text.Json;

namespace Stackmeta.Tests;

/// <summary>The forms in which commands print, the same for all of them.</summary>
public sealed class OutputTests : IDisposable
{
    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    async Task FillAsync()
    {
        await _line.DoneAsync("network", "create", "lab");
        await _line.DoneAsync("subnet", "create", "s", "--network", "lab", "--cidr", "10.0.0.0/24");
        foreach (var name in (string[])["web-10", "web-2", "web-1"])
        {
            await _line.DoneAsync("instance", "create", name, "--nic", "net=lab", "--property", "role=yes");
        }
    }

    [Theory]
    [InlineData("-o")]
    [InlineData("--output")]
    [InlineData("-f")]
    [InlineData("--format")]
    public async Task The_format_is_named_as_kubectl_and_as_openstack_name_it(string option)
    {
        await FillAsync();
        using var json = JsonDocument.Parse(await _line.DoneAsync("network", "list", option, "json"));
        Assert.Equal("lab", json.RootElement[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Columns_are_chosen_in_any_spelling_and_any_form()
    {
        await FillAsync();
        Assert.Equal("web-10\nweb-2\nweb-1\n", await _line.DoneAsync("instance", "list", "-c", "Name", "-f", "value"));
        var macs = await _line.DoneAsync("port", "list", "-c", "MAC Address", "-c", "mac_address", "-f", "value");
        Assert.All(macs.TrimEnd().Split('\n'), static line => Assert.Equal(line.Split(' ')[0], line.Split(' ')[1]));
        var row = (await _line.JsonAsync("port", "list", "--column", "mac-address"))[0];
        Assert.Equal("mac_address", Assert.Single(row.EnumerateObject()).Name);
        Assert.Equal("lab\n", await _line.DoneAsync("network", "show", "lab", "-c", "name", "-o", "value"));
        Assert.Equal("name  lab\n", await _line.DoneAsync("network", "show", "lab", "-c", "name"));
        var shown = await _line.JsonAsync("network", "show", "lab", "-c", "name");
        Assert.Equal("""{"name":"lab"}""", JsonSerializer.Serialize(shown));
    }

    [Theory]
    [InlineData("network list -c colour", "--column is 'colour', and must be one of id, name, project, mtu, subnets.")]
    [InlineData("network list --sort colour:desc", "--sort is 'colour', and must be one of id, name,")]
    [InlineData("network show lab -c colour", "--column is 'colour', and must be one of id, name,")]
    [InlineData("network show lab -c colour -o json", "--column is 'colour', and must be one of id, name,")]
    [InlineData("network list -o xml", "--output is 'xml', and must be table, wide, value, json or yaml.")]
    [InlineData("settings -c colour", "--column is 'colour', and must be one of setting, value, origin.")]
    [InlineData("status -o value", "--output is 'value', and must be table, json or yaml.")]
    [InlineData("trace -o yaml", "--output is 'yaml', and must be table or json.")]
    public async Task What_cannot_be_printed_is_named(string line, string said)
    {
        await FillAsync();
        Assert.Contains(said, await _line.RefusedAsync(ExitCodes.Usage, line.Split(' ')));
    }

    [Fact]
    public async Task Numbers_in_names_are_sorted_by_their_value()
    {
        await FillAsync();
        string[] list = ["instance", "list", "-c", "name", "-o", "value", "--sort"];
        Assert.Equal("web-1\nweb-2\nweb-10\n", await _line.DoneAsync([.. list, "name"]));
        Assert.Equal("web-10\nweb-2\nweb-1\n", await _line.DoneAsync([.. list, "NAME:desc"]));
        var json = await _line.JsonAsync("instance", "list", "--sort", "name:asc");
        Assert.Equal("web-1", json[0].GetProperty("name").GetString());
        // All of the document, not what columns have.
        Assert.True(json[0].TryGetProperty("reservation_id", out _));
    }

    [Fact]
    public async Task Yaml_says_what_json_says()
    {
        await FillAsync();
        var yaml = await _line.DoneAsync("instance", "show", "web-1", "-o", "yaml");
        Assert.Contains("\nname: web-1\n", yaml);
        Assert.Contains("\nmetadata:\n  role: \"yes\"\n", yaml);
        Assert.Contains("\naddresses:\n  lab:\n    - \"10.0.0.", yaml);
        Assert.Contains("- id: ", await _line.DoneAsync("network", "list", "-o", "yaml"));
        Assert.Contains("- setting: data\n", await _line.DoneAsync("settings", "-o", "yaml"));
    }

    [Theory]
    [InlineData(
        """{"a":"","b":"null","c":"1e3","d":"x: y","e":"a\nb","f":"é","g":"- x"}""",
        "a: \"\"\nb: \"null\"\nc: \"1e3\"\nd: \"x: y\"\ne: \"a\\nb\"\nf: \"é\"\ng: \"- x\""
    )]
    [InlineData("""[[1,2],{"a":{"b":[]}},{}]""", "- - 1\n  - 2\n- a:\n    b: []\n- {}")]
    [InlineData("""{"on":true,"no":null,"n":-1.5}""", "\"on\": true\n\"no\": null\n\"n\": -1.5")]
    [InlineData("[]", "[]")]
    public void Yaml_keeps_texts_texts(string json, string yaml) => Assert.Equal(yaml, JsonAsYaml.Of(json));

    [Fact]
    public async Task An_instance_is_shown_with_its_addresses_and_a_router_with_its_interfaces()
    {
        await FillAsync();
        await _line.DoneAsync("router", "create", "edge", "--interface", "s");
        var instance = await _line.JsonAsync("instance", "show", "web-1");
        Assert.StartsWith(
            "10.0.0.",
            Assert.Single(instance.GetProperty("addresses").GetProperty("lab").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
        Assert.Contains("lab=10.0.0.", await _line.DoneAsync("instance", "show", "web-1"));
        var attached = Assert.Single(
            (await _line.JsonAsync("router", "show", "edge")).GetProperty("interfaces").EnumerateArray()
        );
        Assert.Equal(
            ("lab", "s", "10.0.0.1"),
            (
                attached.GetProperty("network").GetString(),
                attached.GetProperty("subnet").GetString(),
                attached.GetProperty("ip_address").GetString()
            )
        );
        Assert.Contains("network=lab subnet=s ip_address=10.0.0.1", await _line.DoneAsync("router", "show", "edge"));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    public void A_table_is_no_wider_than_the_terminal(int width)
    {
        var output = new StringWriter();
        var id = Guid.NewGuid().ToString();
        Table.Write(
            output,
            ["id", "name", "text"],
            [
                [id, new string('n', 60), new string('t', 30)],
                ["short", "m", "u"],
            ],
            width
        );
        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
        Assert.Contains("…", lines[1]);
        if (width >= 56)
        {
            Assert.StartsWith(id, lines[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_table_that_fits_is_not_cut()
    {
        var output = new StringWriter();
        Table.Write(
            output,
            ["a", "b"],
            [
                ["x", "yy"],
            ],
            width: 5
        );
        Assert.Equal("A  B\nx  yy\n", output.ToString());
    }

    [Fact]
    public void A_long_field_goes_on_on_the_next_line()
    {
        var output = new StringWriter();
        Table.WriteFields(output, [("name", "one two three four"), ("b", new string('x', 30))], width: 20);
        Assert.Equal(
            "name  one two three\n      four\nb     xxxxxxxxxxxxxx\n      xxxxxxxxxxxxxx\n      xx\n",
            output.ToString()
        );
    }
}
