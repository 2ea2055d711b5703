using System.Net.Sockets;
using System.Text;
using Stackmeta.Tests.Support;

namespace Stackmeta.Hostile.Tests;

/// <summary>What an operator, or a program of a tenant's, may hand to the inventory.</summary>
static class Documents
{
    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new("documents that are no Unicode, or no document", "nonsense", Kinds.Up, NoUnicodeAsync),
        new("addresses that are the network's own", "nonsense", Kinds.Up, ReservedAsync),
    ];

    static async Task NoUnicodeAsync(Assault assault)
    {
        var world = assault.World;
        byte[][] names =
        [
            [.. "\\ud800"u8],
            [.. "a\\udfff\\ud800"u8],
            [0xff],
            [0xc0, 0x80],
            [0xed, 0xa0, 0x80],
            [0xe2, 0x82],
            [0],
            [(byte)assault.Random.Next(0x80, 0x100)],
        ];
        var file = Path.Combine(world.Folder, "document.json");
        foreach (var name in names)
        {
            byte[] entry = [.. "{\"name\": \""u8, .. name, .. "\"}"u8];
            byte[] document = [.. "{\"stackmeta_inventory\": 1, \"networks\": ["u8, .. entry, .. "]}"u8];
            await File.WriteAllBytesAsync(file, document);
            var result = await world.StackmetaAsync("import", file);
            Assert.True(
                result.Code is > 0 and < 128 && !result.Error.Contains("   at ", StringComparison.Ordinal),
                $"import of {Convert.ToHexString(name)}: exit code {result.Code}, {result.Error}"
            );
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(world.Folder, "run/admin.sock")));
            var head =
                $"POST /inventory/networks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {entry.Length}\r\n\r\n";
            using var admin = RawHttp.On(socket);
            await admin.SendAsync([.. Encoding.ASCII.GetBytes(head), .. entry]);
            var answer = await admin.ReadAnswerAsync();
            Assert.True(answer.Status is >= 400 and < 500, $"{Convert.ToHexString(name)} is answered {answer.Status}");
        }
    }

    static async Task ReservedAsync(Assault assault)
    {
        var inventory = assault.World.Inventory;
        var network = assault.World.First;
        foreach (
            var cidr in (string[])
                ["169.254.0.0/16", "169.254.169.0/24", "169.254.128.0/17", $"169.254.{assault.Random.Next(256)}.0/24"]
        )
        {
            var subnet = await inventory.Subnets.CreateAsync(new() { NetworkId = network.Id, Cidr = cidr });
            Assert.True(subnet.IsRefused, $"A subnet {cidr} is taken.");
        }
        foreach (
            var address in (string[])["169.254.169.254", "10.0.0.0", "10.0.0.255", "10.0.0.2", "0.0.0.0", "224.0.0.1"]
        )
        {
            var port = await inventory.Ports.CreateAsync(
                new()
                {
                    NetworkId = network.Id,
                    FixedIps = [new() { SubnetId = network.SubnetId, IpAddress = address }],
                }
            );
            Assert.True(port.IsRefused, $"A port with {address} is taken.");
        }
    }
}
