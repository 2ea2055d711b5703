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

    /// <summary>spec/traces: a first boot is two version lists, five documents, and the EC2 tree.</summary>
    [Fact]
    public async Task It_gets_an_answer_to_each_of_its_requests()
    {
        var understood = await CrawlAsync(networks.Alpha);
        var requests = understood["requests"]!.AsArray();
        Assert.True(requests.Count >= 28, $"{requests.Count} requests");
        Assert.All(requests, request => Assert.Equal(200, request!["status"]!.GetValue<int>()));
    }

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
