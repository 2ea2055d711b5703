using System.Net;

namespace Stackmeta.Hostile.Tests;

/// <summary>Frames that claim to be somebody else's.</summary>
static class ForgedFrames
{
    const string Request = "GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n";

    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new("a SYN in the victim's name and then its own", "identity", Kinds.All | Kinds.Router, TwoSynsAsync),
        new("connections from the victim's addresses", "identity", Kinds.All | Kinds.Router, VictimsAddressesAsync),
        new("tags, pieces, mapped and multicast sources", "identity", Kinds.All | Kinds.Router, OddFramesAsync),
        new("a source port used again and again", "identity", Kinds.All | Kinds.Router, SamePortAsync),
    ];

    /// <summary>The kernel keeps the first of two equal SYNs with its Ethernet header (docs/security.md).</summary>
    static async Task TwoSynsAsync(Assault assault)
    {
        var (attacker, random) = (await assault.NewAttackerAsync(), assault.Random);
        await attacker.HoldResetsAsync();
        using var wire = new Wire(attacker);
        for (var trial = 0; trial < 6; trial++)
        {
            var victim = new[] { assault.World.Alice, assault.World.Bob, assault.World.Carol }[random.Next(3)];
            var source = trial % 2 == 0 ? attacker.LinkLocal : attacker.Addresses[0];
            var connection = new HandMadeConnection(attacker, wire, source, NextPort(random));
            byte[][] order = random.Next(3) switch
            {
                0 => [connection.Syn(victim.Mac), connection.Syn(attacker.Mac)],
                1 => [connection.Syn(victim.Mac), connection.Syn(victim.Mac), connection.Syn(attacker.Mac)],
                _ =>
                [
                    connection.Syn(Frames.Everybody),
                    connection.Syn(victim.Mac),
                    connection.Syn(attacker.Mac),
                    connection.Syn(victim.Mac),
                ],
            };
            if (await connection.ConnectAsync(order))
            {
                assault.Loot.AddRaw(attacker, await connection.AskAsync(Request));
            }
            connection.End();
        }
    }

    static async Task VictimsAddressesAsync(Assault assault)
    {
        var (attacker, victim, random) = (await assault.NewAttackerAsync(), assault.World.Alice, assault.Random);
        await attacker.HoldResetsAsync();
        using var wire = new Wire(attacker);
        for (var trial = 0; trial < 6; trial++)
        {
            var ipv6 = trial % 2 == 0;
            var taken = ipv6 ? victim.LinkLocal : victim.Addresses[0];
            var connection = new HandMadeConnection(attacker, wire, taken, NextPort(random));
            for (var times = random.Next(1, 4); times > 0; times--)
            {
                wire.Send(ipv6 ? Claim(attacker, taken) : GratuitousArp(attacker, taken, random));
            }
            if (await connection.ConnectAsync(connection.Syn(random.Next(2) == 0 ? attacker.Mac : victim.Mac)))
            {
                assault.Loot.AddRaw(attacker, await connection.AskAsync(Request));
            }
            connection.End();
        }
    }

    static byte[] Claim(Machine attacker, IPAddress address) =>
        Frames.Ethernet(
            attacker.Network.ServerMac,
            attacker.Mac,
            Frames.Ipv6,
            Frames.Discovery(136, 0xa0, address, Machine.ServerIpv6, address, option: 2, attacker.Mac)
        );

    static byte[] GratuitousArp(Machine attacker, IPAddress address, Random random)
    {
        var operation = (ushort)random.Next(1, 3);
        var to = random.Next(2) == 0 ? Frames.Everybody : attacker.Network.ServerMac;
        return Frames.Ethernet(
            to,
            attacker.Mac,
            Frames.Arp,
            Frames.ArpPacket(operation, attacker.Mac, address, to, operation == 1 ? address : Machine.ServerIpv4)
        );
    }

    /// <summary>Nothing of this is a connection; it is to do no harm.</summary>
    static async Task OddFramesAsync(Assault assault)
    {
        var (attacker, victim, random) = (await assault.NewAttackerAsync(), assault.World.Alice, assault.Random);
        await attacker.HoldResetsAsync();
        using var wire = new Wire(attacker);
        IPAddress[] ipv4 =
        [
            victim.Addresses[0],
            attacker.Addresses[0],
            IPAddress.Broadcast,
            IPAddress.Parse("224.0.0.1"),
            IPAddress.Loopback,
            IPAddress.Any,
            Machine.ServerIpv4,
        ];
        IPAddress[] ipv6 =
        [
            victim.LinkLocal,
            attacker.LinkLocal,
            victim.Addresses[0].MapToIPv6(),
            attacker.Addresses[0].MapToIPv6(),
            IPAddress.IPv6Any,
            IPAddress.IPv6Loopback,
            AllNodes,
            Machine.ServerIpv6,
            assault.NewLinkLocal(),
        ];
        for (var count = random.Next(1000, 2000); count > 0; count--)
        {
            var isIpv6 = random.Next(2) == 0;
            var source = isIpv6 ? ipv6[random.Next(ipv6.Length)] : ipv4[random.Next(ipv4.Length)];
            var server = isIpv6 ? Machine.ServerIpv6 : Machine.ServerIpv4;
            var flags = new[] { Frames.Syn, Frames.Ack, Frames.Fin, Frames.Reset, (byte)random.Next(64) }[
                random.Next(5)
            ];
            var packet = Frames.TcpPacket(
                source,
                server,
                ((ushort)random.Next(Machine.FirstHandMadePort, 65536), 80),
                (uint)random.Next(),
                (uint)random.Next(),
                flags,
                new byte[random.Next(64)]
            );
            var type = isIpv6 ? Frames.Ipv6 : Frames.Ipv4;
            var mac = random.Next(3) == 0 ? victim.Mac : attacker.Mac;
            var frame = Frames.Ethernet(attacker.Network.ServerMac, mac, type, packet);
            switch (random.Next(4))
            {
                case 0:
                    wire.Send(frame);
                    break;
                case 1:
                    wire.Send(Frames.Tagged(frame, (ushort)random.Next(4096)));
                    break;
                case 2:
                    wire.Send(Frames.Tagged(Frames.Tagged(frame, 0), (ushort)random.Next(4096)));
                    break;
                default:
                    var pieces = isIpv6
                        ? Frames.Ipv6Pieces(packet, 8 * random.Next(1, 3), (uint)random.Next())
                        : Frames.Ipv4Pieces(packet, 8 * random.Next(1, 3), (ushort)random.Next(65536));
                    wire.Send([
                        .. pieces.Select(piece => Frames.Ethernet(attacker.Network.ServerMac, mac, type, piece)),
                    ]);
                    break;
            }
        }
    }

    static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>One connection after the other from the same port, and each time another address of the attacker.</summary>
    static async Task SamePortAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync(addresses: 2);
        var port = (ushort)assault.Random.Next(20000, 30000);
        for (var trial = 0; trial < 25; trial++)
        {
            var ipv6 = assault.Random.Next(2) == 0;
            var source = ipv6 ? attacker.LinkLocal : attacker.Addresses[assault.Random.Next(2)];
            if (await attacker.ConnectAsync(source, ipv6, TimeSpan.FromSeconds(2), port) is { } socket)
            {
                assault.Loot.Add(attacker, await Machine.AskAsync(socket, Request, TimeSpan.FromSeconds(2)));
            }
        }
        Assert.True(assault.Loot.Count(200) > 12, $"It is not answered any more: {assault.Loot}");
    }

    static ushort NextPort(Random random) => (ushort)random.Next(Machine.FirstHandMadePort, 65000);
}
