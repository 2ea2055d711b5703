using System.Net;

namespace Stackmeta.Edge.Tests;

/// <summary>Which sockets an opener gives to a process that has spoken with guests.</summary>
public sealed class OpenerRulesTests
{
    const string Id = "3b66c176-1948-4b8b-ac4f-b9bb4e08d3c5";

    [Theory]
    [InlineData($"qdhcp-{Id}", "169.254.169.254:80")]
    [InlineData($"ovnmeta-{Id}", "169.254.169.254:80")]
    [InlineData($"qdhcp-{Id}", "[fe80::a9fe:a9fe%2]:80")]
    [InlineData($"qrouter-{Id}", "0.0.0.0:9697")]
    [InlineData($"qrouter-{Id}", "[::]:9697")]
    [InlineData("/proc/123/ns/net", "169.254.169.254:80")]
    [InlineData("/proc/123/ns/net", "0.0.0.0:9697")]
    public void What_metadata_is_served_with_is_given(string name, string endPoint) =>
        Assert.Equal(OpenerRefusal.None, OpenerRules.Check(name, IPEndPoint.Parse(endPoint)));

    /// <summary>OSSN-0018, OSSN-0069: guests must reach nothing but the metadata; LP#1745618: nor that on other addresses.</summary>
    [Theory]
    [InlineData($"qdhcp-{Id}", "169.254.169.254:22")]
    [InlineData($"qdhcp-{Id}", "0.0.0.0:80")]
    [InlineData($"qdhcp-{Id}", "[::]:80")]
    [InlineData($"qdhcp-{Id}", "10.0.0.2:80")]
    [InlineData($"qdhcp-{Id}", "[fe80::1%2]:80")]
    [InlineData($"qdhcp-{Id}", "[fe80::a9fe:a9fe]:80")]
    [InlineData($"qdhcp-{Id}", "0.0.0.0:9697")]
    [InlineData($"qrouter-{Id}", "169.254.169.254:80")]
    [InlineData($"qrouter-{Id}", "0.0.0.0:80")]
    [InlineData($"qrouter-{Id}", "10.0.0.1:9697")]
    [InlineData("/proc/123/ns/net", "0.0.0.0:22")]
    public void OSSN0018_another_address_or_port_is_refused(string name, string endPoint) =>
        Assert.Equal(OpenerRefusal.NotAMetadataAddress, OpenerRules.Check(name, IPEndPoint.Parse(endPoint)));

    [Fact]
    public void No_address_is_refused() =>
        Assert.Equal(OpenerRefusal.NotAMetadataAddress, OpenerRules.Check($"qdhcp-{Id}", null));

    [Theory]
    [InlineData("")]
    [InlineData("qdhcp-")]
    [InlineData("qdhcp-x")]
    [InlineData($"qdhcp-{Id}x")]
    [InlineData("qdhcp-3B66C176-1948-4B8B-AC4F-B9BB4E08D3C5")]
    [InlineData("qdhcp-{3b66c176-1948-4b8b-ac4f-b9bb4e08d3c5}")]
    [InlineData("qdhcp-3b66c17619484b8bac4fb9bb4e08d3c5")]
    [InlineData($"snat-{Id}")]
    [InlineData(Id)]
    [InlineData($"../qdhcp-{Id}")]
    [InlineData($"/run/netns/qdhcp-{Id}")]
    [InlineData($"qdhcp-{Id}/../../../proc/1/ns/net")]
    [InlineData("/proc/self/ns/net")]
    [InlineData("/proc/1/ns/mnt")]
    [InlineData("/proc/01/ns/net")]
    [InlineData("/proc//ns/net")]
    [InlineData("/proc/-1/ns/net")]
    [InlineData("/proc/1/../1/ns/net")]
    [InlineData("/proc/99999999999/ns/net")]
    [InlineData("/proc/ns/net")]
    public void Another_name_is_refused(string name)
    {
        Assert.Equal(OpenerRefusal.NotAMetadataNamespace, OpenerRules.CheckNamespace(name));
        Assert.Equal(
            OpenerRefusal.NotAMetadataNamespace,
            OpenerRules.Check(name, new(MetadataAddress.Ipv4, MetadataAddress.Port))
        );
    }

    [Fact]
    public void Every_refusal_has_a_sentence_of_its_own()
    {
        var sentences = Enum.GetValues<OpenerRefusal>()
            .Where(refusal => refusal is not (OpenerRefusal.None or OpenerRefusal.Malformed))
            .Select(refusal => OpenerRefusals.Explain(refusal, $"qdhcp-{Id}", new(MetadataAddress.Ipv4, 80)))
            .Append(OpenerRefusals.Explain(OpenerRefusal.Malformed, "", null))
            .ToList();
        Assert.Equal(sentences.Distinct(), sentences);
    }
}
