using System.Net;

namespace Stackmeta.Hostile.Tests;

/// <summary>What neighbour discovery says of a MAC is what guests say.</summary>
static class NeighbourDiscovery
{
    const byte Solicitation = 135;
    const byte Advertisement = 136;

    static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new(
            "advertisements that name the victim's MAC",
            "identity",
            Kinds.All,
            assault => MisnamedAsync(assault, Advertisement)
        ),
        new(
            "solicitations that name the victim's MAC",
            "identity",
            Kinds.All,
            assault => MisnamedAsync(assault, Solicitation)
        ),
        new("the victim made to defend an address that the attacker uses", "identity", Kinds.All, DefendedAsync)
        {
            SparesAlice = false,
        },
        new(
            "link-local addresses of the attacker's own choice",
            "identity",
            Kinds.Own & ~Kinds.Haproxy,
            PrivateAddressesAsync
        ),
    ];

    static async Task MisnamedAsync(Assault assault, byte type)
    {
        var (attacker, victim, random) = (await assault.NewAttackerAsync(), assault.World.Alice, assault.Random);
        using var wire = new Wire(attacker);
        for (var trial = 0; trial < 4; trial++)
        {
            if (await attacker.ConnectAsync(attacker.LinkLocal, ipv6: true, TimeSpan.FromSeconds(2)) is not { } socket)
            {
                continue;
            }
            var flags = new byte[] { 0x60, 0x20, 0xa0, 0x40, 0xe0 }[random.Next(5)];
            for (var times = random.Next(1, 4); times > 0; times--)
            {
                wire.Send(Message(victim.Mac, flags));
            }
            await assault.PauseAsync(2, 60);
            var asked = Machine.AskAsync(
                socket,
                "GET /latest/user-data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                TimeSpan.FromSeconds(2)
            );
            // The answer goes to the victim until the table is right again.
            while (!asked.IsCompleted)
            {
                await assault.PauseAsync(20, 120);
                wire.Send(Message(attacker.Mac, 0x60));
            }
            assault.Loot.Add(attacker, await asked);
        }

        byte[] Message(byte[] told, byte flags)
        {
            var toAll = random.Next(2) == 0 && type == Advertisement;
            var (source, server) = (attacker.LinkLocal, Machine.ServerIpv6);
            var destination = toAll ? AllNodes : server;
            var packet =
                type == Advertisement
                    ? Frames.Discovery(type, flags, source, destination, source, option: 2, told)
                    : Frames.Discovery(type, 0, source, destination, server, option: 1, told);
            return Frames.Ethernet(
                toAll ? Frames.GroupMac(destination) : attacker.Network.ServerMac,
                attacker.Mac,
                Frames.Ipv6,
                packet
            );
        }
    }

    /// <summary>
    /// The attacker uses the victim's private address; when the edge looks, the victim has just said that it is his. The victim drops what
    /// belongs to no connection of his, as firewalls of hosts do, so the connection lives.
    /// </summary>
    static async Task DefendedAsync(Assault assault)
    {
        var (attacker, victim) = (await assault.NewAttackerAsync(), assault.World.Alice);
        var address = assault.NewLinkLocal();
        using var wire = new Wire(attacker);
        await Shell.RunAsync(
            "ip",
            "-n",
            victim.Namespace,
            "addr",
            "add",
            $"{address}/64",
            "dev",
            "eth0",
            "nodad",
            "preferred_lft",
            "0"
        );
        await victim.RunAsync(
            "nft",
            $"add table inet firewall; add chain inet firewall in {{ type filter hook input priority 0; }}; add rule inet firewall in ip6 daddr {address} meta l4proto tcp drop"
        );
        await attacker.AddAsync(address);
        try
        {
            for (var trial = 0; trial < 5; trial++)
            {
                wire.Send(Claim());
                if (await attacker.ConnectAsync(address, ipv6: true, TimeSpan.FromSeconds(1.2)) is not { } socket)
                {
                    continue;
                }
                using var http = Stackmeta.Tests.Support.RawHttp.On(socket);
                for (var request = 0; request < 3; request++)
                {
                    wire.Send(Probe());
                    await assault.PauseAsync(1, 15);
                    await http.SendAsync("GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n");
                    await assault.PauseAsync(10, 60);
                    var reading = http.ReadAnswerAsync();
                    for (var tries = 0; tries < 10 && !reading.IsCompleted; tries++)
                    {
                        wire.Send(Claim());
                        await assault.PauseAsync(30, 80);
                    }
                    if (!reading.IsCompleted)
                    {
                        socket.Dispose();
                    }
                    var answer = GuestAnswer.Of(await reading);
                    assault.Loot.Add(attacker, answer);
                    if (answer is null)
                    {
                        break;
                    }
                }
            }
        }
        finally
        {
            await Shell.TryAsync("ip", ["-n", victim.Namespace, "addr", "delete", $"{address}/64", "dev", "eth0"]);
            await victim.RunAsync("nft", "delete table inet firewall");
        }

        byte[] Claim() =>
            Frames.Ethernet(
                attacker.Network.ServerMac,
                attacker.Mac,
                Frames.Ipv6,
                Frames.Discovery(Advertisement, 0x20, address, Machine.ServerIpv6, address, option: 2, attacker.Mac)
            );

        // RFC 4862 §5.4: who asks whether anybody has the address has none.
        byte[] Probe()
        {
            var group = Frames.SolicitedNodes(address);
            return Frames.Ethernet(
                Frames.GroupMac(group),
                attacker.Mac,
                Frames.Ipv6,
                Frames.Discovery(Solicitation, 0, IPAddress.IPv6Any, group, address)
            );
        }
    }

    static async Task PrivateAddressesAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        var addresses = assault.NewLinkLocals(assault.Random.Next(2, 6));
        await attacker.AddAsync(addresses);
        foreach (var address in addresses)
        {
            var answer = await attacker.AskAsync("/latest/user-data", ipv6: true, address);
            Assert.True(assault.Loot.Add(attacker, answer), $"{address} was told {answer?.Status} {answer?.Text}");
        }
    }
}
