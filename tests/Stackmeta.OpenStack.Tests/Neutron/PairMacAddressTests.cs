using CsCheck;
using Stackmeta.Core.Networks;

namespace Stackmeta.OpenStack.Tests;

/// <summary>Which texts are MAC addresses, and of what, was asked of netaddr 0.8.0.</summary>
public sealed class PairMacAddressTests
{
    [Theory]
    [InlineData("fa:16:3e:aa:00:02")]
    [InlineData("FA:16:3E:AA:00:02")]
    [InlineData("fa-16-3e-aa-0-2")]
    [InlineData("fa:16:3e:aa:0:2")]
    [InlineData("fa16:3eaa:2")]
    [InlineData("fa16-3eaa-0002")]
    [InlineData("FA16.3EAA.0002")]
    [InlineData("fa163e-aa0002")]
    [InlineData("fa163e:aa0002")]
    [InlineData("fa163eaa0002")]
    public void Each_form_that_Neutron_stores_is_read(string text) =>
        Assert.Equal("fa:16:3e:aa:00:02", PairMacAddress.Normalize(text));

    [Theory]
    [InlineData("a163eaa0002", "0a:16:3e:aa:00:02")]
    [InlineData("a163e:a0002", "0a:16:3e:0a:00:02")]
    public void A_missing_digit_is_a_zero_in_front(string text, string mac) =>
        Assert.Equal(mac, PairMacAddress.Normalize(text));

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("fa:16:3e:aa:00")]
    [InlineData("fa:16:3e:aa:00:02:03")]
    [InlineData("fa:16:3e-aa:00:02")]
    [InlineData("fa.16.3e.aa.00.02")]
    [InlineData("fa163e.aa0002")]
    [InlineData("fa163:e")]
    [InlineData("163eaa0002")]
    [InlineData("fa:16:3e:aa:00:0g")]
    [InlineData("fa:16:3e:aa:00:002")]
    [InlineData("fa::3e:aa:00:02")]
    [InlineData("fa16..0002")]
    public void Anything_else_stays_what_it_is(string text) => Assert.Equal(text, PairMacAddress.Normalize(text));

    [Fact]
    public void What_comes_of_any_text_is_an_address_or_the_text_and_stays_so() =>
        Gen.String[Gen.Char["0123456789abcdefABCDEF:-.g"], 0, 18]
            .Sample(text =>
            {
                var read = PairMacAddress.Normalize(text);
                Assert.True(read == text || EthernetAddress.TryParse(read, out _), text);
                Assert.Equal(read, PairMacAddress.Normalize(read));
            });
}
