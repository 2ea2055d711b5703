using System.Net;
using CsCheck;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Edge.Tests;

/// <summary>OSSN-0027: who a client is, by its address and the MAC of its first packet.</summary>
public sealed class ClientIdentityTests
{
    const string Mac = "fa:16:3e:00:00:05";
    const string MadeOfMac = "fe80::f816:3eff:fe00:5%3";

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5")]
    [InlineData("2001:db8::5", "2001:db8::5")]
    [InlineData("2001:db8::f816:3eff:fe00:6", "2001:db8::f816:3eff:fe00:6")]
    [InlineData(MadeOfMac, MadeOfMac)]
    [InlineData("fe80::1%3", MadeOfMac)]
    [InlineData("fe80::f816:3eff:fe00:6%3", MadeOfMac)]
    [InlineData("fe80:0:0:1:f816:3eff:fe00:5%3", MadeOfMac)]
    public void With_its_MAC_known_a_link_local_client_is_its_MAC_and_others_have_both(string peer, string address)
    {
        var mac = Read(Mac);
        foreach (var hasAntiSpoofing in (bool[])[true, false])
        {
            var refusal = ClientIdentity.Identify(
                IPAddress.Parse(peer),
                SynSource.Ethernet,
                mac,
                hasAntiSpoofing,
                out var client
            );
            Assert.Equal(Refusal.None, refusal);
            Assert.Equal((IPAddress.Parse(address), mac), (client.Address, client.Mac));
        }
    }

    [Theory]
    [InlineData("10.0.0.5", true)]
    [InlineData("2001:db8::5", true)]
    [InlineData(MadeOfMac, true)]
    [InlineData("fe80::1%3", false)]
    [InlineData("fe80::f816:3e11:2200:5%3", false)]
    [InlineData("fe80:0:0:1:f816:3eff:fe00:5%3", false)]
    [InlineData("fe80::200:ff:fe00:0%3", false)]
    public void Without_a_MAC_only_an_address_counts_that_the_network_has_proven(string peer, bool isProof)
    {
        foreach (var source in (SynSource[])[SynSource.NotKept, SynSource.NoEthernet, SynSource.Unreadable])
        {
            var refusal = source == SynSource.NotKept ? Refusal.GuestMacUnknown : Refusal.GuestMacUnavailable;
            Assert.Equal(isProof ? Refusal.None : refusal, Identify(peer, source, true, out var client));
            Assert.Equal((IPAddress.Parse(peer), null), (client.Address, client.Mac));
            Assert.Equal(refusal, Identify(peer, source, false, out _));
        }
    }

    /// <summary>What a link-local client writes into its packets beside the MAC does not change who it is.</summary>
    [Fact]
    public void A_link_local_client_cannot_choose_who_it_is() =>
        Gen.Select(Gen.Byte.Array[8], Gen.Byte.Array[6], Gen.UInt)
            .Sample(
                (identifier, octets, zone) =>
                {
                    var peer = new IPAddress([0xfe, 0x80, 0, 0, 0, 0, 0, 0, .. identifier], zone);
                    var mac = EthernetAddress.Read(octets);
                    ClientIdentity.Identify(peer, SynSource.Ethernet, mac, hasAntiSpoofing: true, out var client);
                    Assert.Equal(mac.ToLinkLocal(zone), client.Address);
                }
            );

    static Refusal Identify(string peer, SynSource source, bool hasAntiSpoofing, out ClientIdentity client) =>
        ClientIdentity.Identify(IPAddress.Parse(peer), source, default, hasAntiSpoofing, out client);

    static EthernetAddress Read(string text) =>
        EthernetAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
