using System.Net;
using CsCheck;

namespace Stackmeta.Edge.Tests;

/// <summary>The names under which systemd keeps listening sockets.</summary>
public sealed class HeldNameTests
{
    [Theory]
    [InlineData("qdhcp-5d", "169.254.169.254:80", "qdhcp-5d/a9fea9fe/80/0")]
    [InlineData("qdhcp-5d", "[fe80::a9fe:a9fe%7]:80", "qdhcp-5d/fe8000000000000000000000a9fea9fe/80/7")]
    [InlineData("/proc/12/ns/net", "0.0.0.0:9697", "/proc/12/ns/net/00000000/9697/0")]
    public void A_name_tells_namespace_address_port_and_interface(string @namespace, string endPoint, string name)
    {
        var held = new HeldName(@namespace, IPEndPoint.Parse(endPoint));
        Assert.Equal(name, held.ToDescriptorName());
        Assert.Equal(held, HeldName.Parse(name));
    }

    [Theory]
    [InlineData("stored")]
    [InlineData("unknown")]
    [InlineData("connection")]
    [InlineData("a/b/c/d")]
    [InlineData("n/a9fea9fe/80/1")]
    [InlineData("n/a9fea9fe/080/0")]
    [InlineData("n/A9FEA9FE/80/0")]
    [InlineData("n/a9fea9fe/80000/0")]
    public void What_is_not_ours_is_left_alone(string name) => Assert.Null(HeldName.Parse(name));

    [Fact]
    public void Any_text_is_read_in_one_form_or_not() =>
        Gen.String.Sample(text => HeldName.Parse(text) is not { } held || held.ToDescriptorName() == text);

    [Theory]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void What_systemd_would_not_take_has_no_name(string @namespace) =>
        Assert.Null(new HeldName(@namespace, new(MetadataAddress.Ipv4, 80)).ToDescriptorName());
}
