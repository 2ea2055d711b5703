using System.Net;
using CsCheck;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge.Tests;

/// <summary>
/// Whatever the kernel has kept of a SYN, a MAC is taken from nothing but an Ethernet header before the peer's own packet.
/// </summary>
public sealed class SavedSynTests
{
    static readonly byte[] Server = [0xfa, 0x16, 0x3e, 0, 0, 1];
    static readonly byte[] Guest = [0xfa, 0x16, 0x3e, 0, 0, 5];
    static readonly IPEndPoint Ipv4 = new(IPAddress.Parse("10.0.0.5"), 40001);
    static readonly IPEndPoint Ipv6 = new(IPAddress.Parse("fe80::1%3"), 40002);

    /// <summary>Also those that begin as an IP header does: 0x45 and 0x60.</summary>
    static readonly Gen<byte[]> Mac = Gen.Select(
        Gen.OneOf(Gen.Byte, Gen.Byte[0x44, 0x64]),
        Gen.Byte.Array[5],
        (first, rest) => (byte[])[(byte)(first & 0xfe), .. rest]
    );

    static readonly Gen<IPEndPoint> Peer = Gen.Select(
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]),
        Gen.Int[1, 65535],
        (address, port) => new IPEndPoint(new IPAddress(address), port)
    );

    static readonly Gen<(IPEndPoint Peer, byte[] Packet)> Packet = Gen.Select(
        Peer,
        Gen.Int[0, 10],
        Gen.Int[0, 10],
        Gen.Int[1, 200].Array[0, 4],
        (peer, ipOptions, tcpOptions, extensions) =>
        {
            var tcp = SynBytes.Tcp(peer, 4 * tcpOptions);
            return (
                peer,
                peer.Address.GetAddressBytes().Length == 4
                    ? SynBytes.Ipv4(peer, 4 * ipOptions, tcp)
                    : SynBytes.Ipv6(peer, extensions, tcp)
            );
        }
    );

    [Fact]
    public void The_source_of_the_Ethernet_header_is_read_before_any_packet() =>
        Gen.Select(Mac, Mac, Packet)
            .Sample(
                (to, from, one) =>
                {
                    var syn = SynBytes.Ethernet(to, from, TypeOf(one.Packet), one.Packet);
                    var source = SavedSyn.Parse(syn, one.Peer, out var mac);
                    var sent = EthernetAddress.Read(from);
                    Assert.Equal(
                        sent.IsUnicast ? (SynSource.Ethernet, sent) : (SynSource.NoEthernet, sent),
                        (source, mac)
                    );
                }
            );

    [Fact]
    public void A_packet_that_came_without_Ethernet_has_no_MAC() =>
        Packet.Sample(one =>
            Assert.Equal((SynSource.NoEthernet, default), (SavedSyn.Parse(one.Packet, one.Peer, out var mac), mac))
        );

    [Fact]
    public void One_that_is_cut_anywhere_or_has_something_behind_it_has_no_MAC() =>
        Gen.Select(Mac, Packet, Gen.Int[1, 400], Gen.Bool)
            .Sample(
                (from, one, count, isLonger) =>
                {
                    var syn = SynBytes.Ethernet(Server, from, TypeOf(one.Packet), one.Packet);
                    byte[] changed = isLonger ? [.. syn, .. new byte[count]] : syn[..Math.Max(0, syn.Length - count)];
                    Assert.NotEqual(SynSource.Ethernet, SavedSyn.Parse(changed, one.Peer, out _));
                }
            );

    [Fact]
    public void Bytes_that_are_none_are_read_to_no_MAC() =>
        Gen.Select(Gen.Byte.Array[0, 300], Peer)
            .Sample((bytes, peer) => Assert.NotEqual(SynSource.Ethernet, SavedSyn.Parse(bytes, peer, out _)));

    [Fact]
    public void A_packet_of_another_peer_has_no_MAC()
    {
        var syn = Whole(Ipv4);
        Assert.Equal(SynSource.Ethernet, SavedSyn.Parse(syn, Ipv4, out _));
        Assert.Equal(SynSource.Unreadable, SavedSyn.Parse(syn, new(Ipv4.Address, 40009), out _));
        Assert.Equal(SynSource.Unreadable, SavedSyn.Parse(syn, new(IPAddress.Parse("10.0.0.6"), Ipv4.Port), out _));
        Assert.Equal(SynSource.Unreadable, SavedSyn.Parse(syn, Ipv6, out _));
    }

    [Fact]
    public void Another_type_of_frame_has_no_MAC()
    {
        var syn = Whole(Ipv6);
        Assert.Equal(SynSource.Ethernet, SavedSyn.Parse(syn, Ipv6, out _));
        syn[12] = 0x81;
        syn[13] = 0x00;
        Assert.Equal(SynSource.Unreadable, SavedSyn.Parse(syn, Ipv6, out _));
    }

    [Fact]
    public void Nothing_kept_is_told_from_no_Ethernet_and_from_loopback()
    {
        Assert.Equal(SynSource.NotKept, SavedSyn.Parse([], Ipv4, out _));
        Assert.Equal(SynSource.NoEthernet, SavedSyn.Parse(Whole(Ipv4, new byte[6], new byte[6]), Ipv4, out _));
        Assert.Equal(SynSource.NoEthernet, SavedSyn.Parse(Whole(Ipv4).AsSpan(14), Ipv4, out _));
    }

    static ushort TypeOf(byte[] packet) => packet[0] >> 4 == 4 ? SynBytes.TypeIpv4 : SynBytes.TypeIpv6;

    static byte[] Whole(IPEndPoint peer, byte[]? to = null, byte[]? from = null)
    {
        var tcp = SynBytes.Tcp(peer, 20);
        return SynBytes.Ethernet(
            to ?? Server,
            from ?? Guest,
            peer.Address.GetAddressBytes().Length == 4 ? SynBytes.TypeIpv4 : SynBytes.TypeIpv6,
            peer.Address.GetAddressBytes().Length == 4 ? SynBytes.Ipv4(peer, 0, tcp) : SynBytes.Ipv6(peer, [], tcp)
        );
    }
}
