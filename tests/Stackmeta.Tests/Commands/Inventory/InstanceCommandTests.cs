namespace Stackmeta.Tests;

/// <summary><c>stackmeta instance</c>.</summary>
public sealed class InstanceCommandTests : IDisposable
{
    const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB";

    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task An_instance_is_created_with_its_ports_key_and_user_data()
    {
        await NetworkAsync();
        var key = _line.File("key.pub", Key + " alice@example\n");
        byte[] bytes = [0, 255, 128, 10, 13];
        var instance = await _line.JsonAsync([
            "instance",
            "create",
            "Web 1",
            "--nic",
            "net=n,ip=10.0.0.5,mac=fa:16:3e:00:00:01",
            "--nic",
            "net=n",
            "--key-name",
            "alice",
            "--public-key",
            key,
            "--user-data",
            _line.File("data", bytes),
            "--property",
            "role=web",
            "--property",
            "equation=a=b",
            "--security-group",
            "default",
            "--flavor",
            "m1.tiny",
            "--image",
            "img",
            "--project",
            "demo",
        ]);
        Assert.Equal("web-1", instance.GetProperty("hostname").GetString());
        Assert.Equal(bytes, instance.GetProperty("user_data").GetBytesFromBase64());
        Assert.Equal(Key + " alice@example", instance.GetProperty("key_pair").GetProperty("public_key").GetString());
        Assert.Equal("{\"role\":\"web\",\"equation\":\"a=b\"}", Compact(instance, "metadata"));
        var ports = await _line.JsonAsync("port", "list", "--device", "Web 1");
        Assert.Equal(2, ports.GetArrayLength());
        Assert.Equal("fa:16:3e:00:00:01", ports[0].GetProperty("mac_address").GetString());
        Assert.All(ports.EnumerateArray(), port => Assert.Equal("demo", port.GetProperty("project_id").GetString()));
        Assert.Contains("  demo     n=10.0.0.5; n=10.0.0.3\n", await _line.DoneAsync("instance", "list"));
    }

    [Fact]
    public async Task Nothing_of_an_instance_is_left_when_one_of_its_ports_is_refused()
    {
        await NetworkAsync();
        var error = await _line.RefusedAsync(
            1,
            "instance",
            "create",
            "a",
            "--nic",
            "net=n",
            "--nic",
            "net=n,ip=10.0.1.1"
        );
        Assert.Equal(
            "stackmeta: --nic net=n,ip=10.0.1.1: fixed_ips[0].ip_address: 10.0.1.1 is in no subnet of the port's network.\n",
            error
        );
        Assert.Equal(0, (await _line.JsonAsync("instance", "list")).GetArrayLength());
        Assert.Equal(1, (await _line.JsonAsync("port", "list")).GetArrayLength());
    }

    [Fact]
    public async Task A_port_that_is_there_is_attached_unless_it_belongs_to_another()
    {
        await NetworkAsync();
        await _line.DoneAsync("port", "create", "p", "--network", "n");
        await _line.DoneAsync("instance", "create", "a", "--nic", "port=p", "--project", "demo");
        var port = await _line.JsonAsync("port", "show", "p");
        Assert.Equal("demo", port.GetProperty("project_id").GetString());
        Assert.Contains("belongs to", await _line.RefusedAsync(1, "instance", "create", "b", "--nic", "port=p"));
    }

    [Fact]
    public async Task Setting_changes_what_is_named_and_keeps_the_rest()
    {
        await _line.DoneAsync("instance", "create", "a", "--property", "x=1", "--property", "y=2", "--image", "img");
        var set = await _line.JsonAsync([
            "instance",
            "set",
            "a",
            "--property",
            "z=3",
            "--property",
            "x=9",
            "--no-property",
            "y",
            "--name",
            "b",
        ]);
        Assert.Equal("{\"x\":\"9\",\"z\":\"3\"}", Compact(set, "metadata"));
        Assert.Equal(("b", "a"), (set.GetProperty("name").GetString(), set.GetProperty("hostname").GetString()));
        Assert.Equal("img", set.GetProperty("image_ref").GetString());
    }

    [Fact]
    public async Task User_data_comes_from_standard_input_byte_for_byte_and_can_be_removed()
    {
        byte[] bytes = [0x1f, 0x8b, 0, 255, 10];
        await _line.PipedAsync(bytes, "instance", "create", "a", "--user-data", "-");
        Assert.Equal(
            bytes,
            (await _line.JsonAsync("instance", "show", "a")).GetProperty("user_data").GetBytesFromBase64()
        );
        Assert.Contains("user_data        5 bytes\n", await _line.DoneAsync("instance", "show", "a"));
        Assert.False((await _line.JsonAsync("instance", "list"))[0].TryGetProperty("user_data", out _));
        var set = await _line.JsonAsync("instance", "set", "a", "--no-user-data");
        Assert.False(set.TryGetProperty("user_data", out _));
    }

    [Fact]
    public async Task User_data_that_is_too_long_is_told_with_its_sizes_and_what_to_do()
    {
        var file = _line.File("long", new byte[1_000_000]);
        var said = await _line.RefusedAsync(1, "instance", "create", "a", "--user-data", file);
        Assert.Contains($"{file} is 1000000 bytes long, 1333336 in base64; user data may have 49149", said);
        Assert.Contains("Compress it with gzip, which makes it ", said);
        var noise = new byte[70_000];
        new Random(1).NextBytes(noise);
        said = await _line.RefusedAsync(1, "instance", "create", "a", "--user-data", _line.File("noise", noise));
        Assert.Contains("is 70000 bytes long", said);
        Assert.Contains("Have it fetch the rest: a first line #include", said);
        said = await _line.RefusedAsync(1, "instance", "create", "a", "--user-data", "/dev/zero");
        Assert.Contains("/dev/zero is longer than 67108864 bytes", said);
        Assert.Contains(
            "/missing cannot be read",
            await _line.RefusedAsync(1, "instance", "create", "a", "--user-data", Path.Combine(_line.Folder, "missing"))
        );
    }

    [Theory]
    [InlineData("must name net=NETWORK", "--nic", "ip=10.0.0.1")]
    [InlineData("must name net=NETWORK", "--nic", "port=p,net=n")]
    [InlineData("--nic has the key 'network'; known are net, ip, subnet, mac, host, port.", "--nic", "network=n")]
    [InlineData("--property is 'x', and must be KEY=VALUE.", "--property", "x")]
    [InlineData("A key pair needs both", "--key-name", "k")]
    public async Task Wrong_values_are_usage_errors(string part, params string[] options)
    {
        Assert.Contains(part, await _line.RefusedAsync(ExitCodes.Usage, ["instance", "create", "a", .. options]));
    }

    [Fact]
    public async Task Keys_of_several_files_are_kept_and_more_are_added()
    {
        var (one, two) = (_line.File("one", $"{Key} one\n\n# of bob\n{Key} two\n"), _line.File("two", $"{Key} three"));
        string[] create = ["instance", "create", "a", "--key-name", "k"];
        var made = await _line.JsonAsync([.. create, "--public-key", one, "--public-key", one]);
        Assert.Equal($"{Key} one\n{Key} two", made.GetProperty("key_data").GetString());
        var more = await _line.JsonAsync("instance", "set", "a", "--public-key", two);
        Assert.Equal(
            $"{Key} one\n{Key} two\n{Key} three",
            more.GetProperty("key_pair").GetProperty("public_key").GetString()
        );
        var other = await _line.JsonAsync("instance", "set", "a", "--key-name", "j", "--public-key", two);
        Assert.Equal(
            ("j", $"{Key} three"),
            (other.GetProperty("key_name").GetString(), other.GetProperty("key_data").GetString())
        );
        await _line.DoneAsync("instance", "set", "a", "--no-key");
        Assert.Contains(
            "The instance has no key pair; name one with --key-name.",
            await _line.RefusedAsync(ExitCodes.Usage, "instance", "set", "a", "--public-key", two)
        );
    }

    [Theory]
    [InlineData(
        "holds a private key",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET\n-----END OPENSSH PRIVATE KEY-----\n"
    )]
    [InlineData("is user data", "#cloud-config\npassword: SECRET\n")]
    [InlineData("is no public key: line 1 ", "SECRET")]
    public async Task What_is_no_public_key_is_refused_and_not_shown(string part, string content)
    {
        var file = _line.File("key", content);
        string[] create = ["instance", "create", "a", "--key-name", "k", "--public-key", file];
        var said = await _line.RefusedAsync(ExitCodes.Failed, create);
        Assert.Contains($"{file} {part}", said, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("key_data", "\"key_name\": \"k\", \"key_data\": \"-----BEGIN RSA PRIVATE KEY-----SECRET\"")]
    [InlineData(
        "key_pair.public_key",
        "\"key_pair\": {\"name\": \"k\", \"type\": \"ssh\", \"public_key\": \"#cloud-config SECRET\"}"
    )]
    public async Task A_document_with_a_private_key_is_refused(string field, string json)
    {
        var file = _line.File(
            "in.json",
            $"{{ \"stackmeta_inventory\": 1, \"instances\": [ {{ \"name\": \"a\", {json} }} ] }}"
        );
        var said = await _line.RefusedAsync(ExitCodes.Failed, "import", file);
        Assert.Contains($"instances[0].{field}: ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", said, StringComparison.Ordinal);
    }

    async Task NetworkAsync()
    {
        await _line.DoneAsync("network", "create", "n");
        await _line.DoneAsync("subnet", "create", "--network", "n", "--cidr", "10.0.0.0/24");
    }

    static string Compact(System.Text.Json.JsonElement entry, string property) =>
        System.Text.Json.Nodes.JsonNode.Parse(entry.GetProperty(property).GetRawText())!.ToJsonString();
}
