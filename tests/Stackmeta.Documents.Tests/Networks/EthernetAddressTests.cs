using System.Net;
using CsCheck;
using Stackmeta.Core.Networks;

namespace Stackmeta.Documents.Tests;

public sealed class EthernetAddressTests
{
    static readonly Gen<byte[]> Octets = Gen.Byte.Array[EthernetAddress.Size];

    [Fact]
    public void It_is_written_as_it_was_read() =>
        Octets.Sample(octets =>
        {
            var address = EthernetAddress.Read(octets);
            var text = string.Join(':', octets.Select(octet => octet.ToString("x2")));
            var written = new byte[EthernetAddress.Size];
            address.Write(written);
            Assert.Equal(octets, written);
            Assert.Equal(text, address.ToString());
            Assert.True(EthernetAddress.TryParse(text, out var parsed));
            Assert.True(EthernetAddress.TryParse(text.ToUpperInvariant(), out var fromUpper));
            Assert.Equal((address, address), (parsed, fromUpper));
        });

    [Fact]
    public void The_link_local_address_made_of_it_leads_back_to_it() =>
        Gen.Select(Octets, Gen.UInt)
            .Sample(
                (octets, zone) =>
                {
                    var address = EthernetAddress.Read(octets);
                    var linkLocal = address.ToLinkLocal(zone);
                    Assert.True(linkLocal.IsIPv6LinkLocal);
                    Assert.Equal(zone, linkLocal.ScopeId);
                    Assert.True(EthernetAddress.TryReadInterfaceIdentifier(linkLocal, out var back));
                    Assert.Equal(address, back);
                }
            );

    [Theory]
    [InlineData("fe80::f816:3eff:fe12:3456", "fa:16:3e:12:34:56")]
    [InlineData("2001:db8::f816:3eff:fe12:3456", "fa:16:3e:12:34:56")]
    [InlineData("fe80::1", null)]
    [InlineData("fe80::ff:0:0", null)]
    [InlineData("fe80::fe00:0", null)]
    [InlineData("10.0.0.5", null)]
    public void An_interface_identifier_made_of_a_MAC_has_ff_fe_in_its_middle(string address, string? mac)
    {
        var isFound = EthernetAddress.TryReadInterfaceIdentifier(IPAddress.Parse(address), out var found);
        Assert.Equal(mac, isFound ? found.ToString() : null);
    }

    [Theory]
    [InlineData("fa:16:3e:00:00:01", true)]
    [InlineData("02:00:00:00:00:00", true)]
    [InlineData("00:00:00:00:00:01", true)]
    [InlineData("00:00:00:00:00:00", false)]
    [InlineData("ff:ff:ff:ff:ff:ff", false)]
    [InlineData("33:33:00:00:00:01", false)]
    [InlineData("01:00:5e:00:00:01", false)]
    public void Groups_and_zeros_are_nobodys(string text, bool isUnicast)
    {
        Assert.True(EthernetAddress.TryParse(text, out var address));
        Assert.Equal(isUnicast, address.IsUnicast);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fa:16:3e:00:00:0")]
    [InlineData("fa:16:3e:00:00:011")]
    [InlineData("fa-16-3e-00-00-01")]
    [InlineData("fa:16:3e:00:00 01")]
    [InlineData("fa:16:3e:00:0g:01")]
    [InlineData("fa:16:3e:00:00:٠1")]
    [InlineData("fa163e000001")]
    public void Other_texts_are_none(string text) => Assert.False(EthernetAddress.TryParse(text, out _));
}
