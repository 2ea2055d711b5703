using System.Net;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory.Tests;

/// <summary>How a peer's address becomes a look-up key (spec/neutron-metadata.md §3.3, §8 cases 10, 11 and 56).</summary>
public sealed class GuestAddressTests
{
    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("::ffff:192.168.1.1", "192.168.1.1")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    public void An_address_is_looked_up_in_canonical_text(string peer, string expected)
    {
        Assert.True(GuestAddress.TryFrom(IPAddress.Parse(peer), out var guest));
        Assert.Equal(expected, guest.Text);
        Assert.False(guest.IsMacAddress);
    }

    [Theory]
    [InlineData("fe80::5054:ff:fede:5bbf", "52:54:00:de:5b:bf")]
    [InlineData("fe80::f816:3eff:fe12:3456", "fa:16:3e:12:34:56")]
    [InlineData("fe80::f816:3eff:fe12:3456%1", "fa:16:3e:12:34:56")]
    public void A_link_local_address_made_from_a_mac_is_looked_up_by_it(string peer, string mac)
    {
        Assert.True(GuestAddress.TryFrom(IPAddress.Parse(peer), out var guest));
        Assert.Equal(mac, guest.Text);
        Assert.True(guest.IsMacAddress);
    }

    [Theory]
    [InlineData("fe80::99")]
    [InlineData("fe80::1234:5678:9abc:def0")]
    public void A_link_local_address_of_any_other_make_identifies_nobody(string peer) =>
        Assert.False(GuestAddress.TryFrom(IPAddress.Parse(peer), out _));
}
