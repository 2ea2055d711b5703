using System.Text.Json.Nodes;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>Real cloud-init, with its own DHCP, in a guest's place.</summary>
public sealed class CloudInitTests(TwoNetworks networks) : IClassFixture<TwoNetworks>
{
    static async Task<JsonNode> CrawlAsync(Guest guest)
    {
        Assert.SkipUnless(Directory.Exists(Checkout.CloudInit), "cloud-init's code is not unpacked; ./test does that.");
        // As a machine that has just booted: cloud-init gets the lease by itself.
        await Shell.RunAsync("ip", "-n", guest.Namespace, "addr", "flush", "dev", "eth0");
        var result = await guest.RunAsync("/usr/bin/python3", Checkout.Crawl, Checkout.CloudInit, "--dhcp");
        Assert.True(result.Code == 0, result.Error + result.Output);
        return JsonNode.Parse(result.Output)!;
    }

    [Fact]
    public async Task It_understands_host_name_keys_user_data_vendor_data_and_network()
    {
        var alpha = networks.Alpha;
        var understood = await CrawlAsync(alpha);

        Assert.Equal(alpha.Instance.Id, understood["instance_id"]!.GetValue<string>());
        Assert.Equal("alpha", understood["hostname"]!.GetValue<string>());
        Assert.Equal(alpha.Instance.KeyPair!.PublicKey, understood["public_ssh_keys"]![0]!.GetValue<string>());
        Assert.Equal("nova", understood["availability_zone"]!.GetValue<string>());
        Assert.Equal(
            alpha.Instance.UserData!.Value.ToArray(),
            Convert.FromBase64String(understood["user_data"]!["base64"]!.GetValue<string>())
        );
        Assert.Equal("Älpha \"1\"", understood["metadata"]!["name"]!.GetValue<string>());
        Assert.Equal("web", understood["metadata"]!["meta"]!["role"]!.GetValue<string>());
        Assert.Empty(understood["vendor_data"]!.AsObject());
        Assert.Equal("alpha.novalocal", understood["ec2_metadata"]!["local-hostname"]!.GetValue<string>());
        Assert.Equal(alpha.Address, understood["ec2_metadata"]!["local-ipv4"]!.GetValue<string>());
        var network = understood["network_config"]!["config"]![0]!;
        Assert.Equal(alpha.Port.MacAddress, network["mac_address"]!.GetValue<string>());
        Assert.Equal("dhcp4", network["subnets"]![0]!["type"]!.GetValue<string>());
        Assert.Empty(understood["warnings"]!.AsArray());
    }

    /// <summary>tests/Support/traces: a first boot is two version lists, five documents, and the EC2 tree.</summary>
    [Fact]
    public async Task It_gets_an_answer_to_each_of_its_requests()
    {
        var understood = await CrawlAsync(networks.Alpha);
        var requests = understood["requests"]!.AsArray();
        Assert.True(requests.Count >= 28, $"{requests.Count} requests");
        Assert.All(requests, request => Assert.Equal(200, request!["status"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("iso9660")]
    [InlineData("vfat")]
    public async Task From_a_config_drive_it_understands_what_it_understands_over_HTTP(string format)
    {
        var http = await CrawlAsync(networks.Alpha);
        var image = Path.Combine(networks.Program.Folder, $"drive.{format}");
        await Shell.RunAsync(
            Checkout.Program,
            "config-drive",
            "build",
            networks.Alpha.Instance.Id,
            "--data",
            networks.Program.Folder,
            "--format",
            format,
            "--out",
            image
        );
        // In the guest's place, since cloud-init names the interfaces that it sees.
        var read = await networks.Alpha.RunAsync(
            "/usr/bin/python3",
            Checkout.ReadDrive,
            Checkout.CloudInit,
            "configdrive",
            image
        );
        Assert.True(read.Code == 0, read.Error + read.Output);
        var drive = JsonNode.Parse(read.Output)!;
        Assert.Empty(drive["warnings"]!.AsArray());
        foreach (var part in (string[])["instance_id", "hostname", "public_ssh_keys", "vendor_data", "network_config"])
        {
            Assert.Equal(http[part]!.ToJsonString(), drive[part]!.ToJsonString());
        }
        Assert.Equal(UserData(http), UserData(drive));
        // Another seed with every answer, and on the drive.
        http["metadata"]!.AsObject().Remove("random_seed");
        drive["metadata"]!.AsObject().Remove("random_seed");
        Assert.Equal(http["metadata"]!.ToJsonString(), drive["metadata"]!.ToJsonString());
        Assert.Equal(
            http["ec2_metadata"]!["local-ipv4"]!.ToJsonString(),
            drive["ec2_metadata"]!["local-ipv4"]!.ToJsonString()
        );
    }

    static byte[] UserData(JsonNode understood) =>
        understood["user_data"] is JsonValue text
            ? System.Text.Encoding.UTF8.GetBytes(text.GetValue<string>())
            : Convert.FromBase64String(understood["user_data"]!["base64"]!.GetValue<string>());

    [Fact]
    public async Task User_data_that_is_no_text_arrives_byte_for_byte()
    {
        var understood = await CrawlAsync(networks.Beta);
        Assert.Equal(networks.Beta.Instance.Id, understood["instance_id"]!.GetValue<string>());
        Assert.Equal(
            TwoNetworks.BinaryUserData,
            Convert.FromBase64String(understood["user_data"]!["base64"]!.GetValue<string>())
        );
    }
}
