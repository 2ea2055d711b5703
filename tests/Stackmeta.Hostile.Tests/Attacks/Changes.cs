using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Stackmeta.Inventory;

namespace Stackmeta.Hostile.Tests;

/// <summary>What belongs to one comes to belong to another, while both ask.</summary>
static class Changes
{
    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new(
            "two guests whose addresses are exchanged by one import",
            "changes",
            Kinds.OwnAgent,
            assault => ExchangeAsync(assault, ImportAsync)
        )
        {
            MayBeUnavailable = true,
        },
        new(
            "an address that is taken from one and given to another",
            "changes",
            Kinds.OwnAgent,
            assault => ExchangeAsync(assault, SetAsync)
        )
        {
            MayBeUnavailable = true,
        },
        new("addresses exchanged while packet rules cannot be written", "trouble", Kinds.Own, FailingToolsAsync)
        {
            MayBeUnavailable = true,
        },
        new("a port deleted and made again for another instance", "changes", Kinds.Own, RebuiltAsync)
        {
            MayBeUnavailable = true,
        },
        new(
            "a kept connection of a port that becomes another instance's",
            "changes",
            Kinds.OwnAgent & ~Kinds.Haproxy,
            OtherInstanceAsync
        )
        {
            MayBeUnavailable = true,
        },
        new("a machine moved to another network while it asks", "changes", Kinds.Own, MovedAsync)
        {
            MayBeUnavailable = true,
        },
        new("a row of the inventory that makes no sense", "nonsense", Kinds.Own, BadRowAsync),
    ];

    static async Task ExchangeAsync(Assault assault, Func<Assault, Machine, Machine, Task> exchangeAsync)
    {
        var (one, other) = (await assault.NewAttackerAsync(), await assault.NewAttackerAsync());
        await assault.World.IsServedAsync(one);
        await assault.World.IsServedAsync(other);
        for (var round = 2; round > 0; round--)
        {
            await using (var first = new Hammer(assault, one))
            await using (var second = new Hammer(assault, other))
            {
                await assault.PauseAsync(200, 500);
                await exchangeAsync(assault, one, other);
                // Nobody has told the guests.
                await assault.PauseAsync(1000, 2000);
            }
            await MoveAsync(assault, one, other);
        }
    }

    /// <summary>The machines take the addresses that their ports have now, and are answered.</summary>
    static async Task MoveAsync(Assault assault, Machine one, Machine other)
    {
        var (first, second) = (one.Addresses, other.Addresses);
        await one.MoveToAsync([.. second]);
        await other.MoveToAsync([.. first]);
        if (assault.World is NeutronWorld neutron)
        {
            await neutron.HoldAsync(one.Network);
        }
        await assault.World.IsServedAsync(one);
        await assault.World.IsServedAsync(other);
    }

    static Task ImportAsync(Assault assault, Machine one, Machine other) =>
        // Nobody else may change anything between the two: it would be taken back.
        assault.World.AloneAsync(() => ImportAloneAsync(assault, one, other));

    static async Task ImportAloneAsync(Assault assault, Machine one, Machine other)
    {
        using var document = new MemoryStream();
        await assault.World.Inventory.ExportAsync(document);
        var root = JsonNode.Parse(document.ToArray())!;
        var ports = root["ports"]!.AsArray();
        var (first, second) = (FixedIps(one), FixedIps(other));
        (first["ip_address"], second["ip_address"]) = (other.Addresses[0].ToString(), one.Addresses[0].ToString());
        using var changed = new MemoryStream(Encoding.UTF8.GetBytes(root.ToJsonString()));
        Assert.Empty(await assault.World.Inventory.ImportAsync(changed, new ImportOptions { Replace = true }));

        JsonNode FixedIps(Machine machine) =>
            ports.Single(port => port!["id"]!.GetValue<string>() == machine.PortId)!["fixed_ips"]!
                .AsArray()
                .Single(one => one!["ip_address"]!.GetValue<string>() == machine.Addresses[0].ToString())!;
    }

    /// <summary>By way of an address that neither has.</summary>
    static Task SetAsync(Assault assault, Machine one, Machine other) =>
        assault.World.AloneAsync(() => SetAloneAsync(assault, one, other));

    static async Task SetAloneAsync(Assault assault, Machine one, Machine other)
    {
        var free = IPAddress.Parse($"10.0.0.{assault.Random.Next(200, 250)}");
        await GiveAsync(one, one.Addresses[0], free);
        if (assault.Random.Next(2) == 0)
        {
            await assault.PauseAsync(0, 300);
        }
        await GiveAsync(other, other.Addresses[0], one.Addresses[0]);
        await GiveAsync(one, free, other.Addresses[0]);

        async Task GiveAsync(Machine machine, IPAddress from, IPAddress to) =>
            World.Value(
                await assault.World.Inventory.Ports.ChangeAsync(
                    machine.PortId,
                    port =>
                        port with
                        {
                            FixedIps =
                            [
                                .. port.FixedIps!.Value.Select(fixedIp =>
                                    fixedIp.IpAddress == from.ToString()
                                        ? fixedIp with
                                        {
                                            IpAddress = to.ToString(),
                                        }
                                        : fixedIp
                                ),
                            ],
                        }
                )
            );
    }

    /// <summary>The host is in trouble for a while; then all comes right by itself.</summary>
    static async Task FailingToolsAsync(Assault assault)
    {
        var (one, other) = (await assault.NewAttackerAsync(), await assault.NewAttackerAsync());
        await assault.World.IsServedAsync(one);
        await assault.World.IsServedAsync(other);
        await using (var first = new Hammer(assault, one))
        await using (var second = new Hammer(assault, other))
        {
            await assault.PauseAsync(100, 300);
            string[] broken = new[] { ["nft"], ["ip"], new[] { "nft", "ip" } }[assault.Random.Next(3)];
            foreach (var name in broken)
            {
                FaultyTools.Break(assault.World.Folder, name);
            }
            await ImportAsync(assault, one, other);
            await assault.PauseAsync(2500, 4500);
            FaultyTools.Mend(assault.World.Folder);
            assault.Notes.Add($"failing: {string.Join(' ', broken)}");
            await assault.PauseAsync(500, 1000);
        }
        await MoveAsync(assault, one, other);
    }

    /// <summary>The same MAC and addresses at another tap; the old machine is still there.</summary>
    static async Task RebuiltAsync(Assault assault)
    {
        var (world, old) = (assault.World, await assault.NewAttackerAsync());
        await world.IsServedAsync(old);
        var (instance, secret) = await world.NewInstanceAsync("rebuilt");
        await using var hammer = new Hammer(assault, old);
        await assault.PauseAsync(200, 400);
        var port = World.Value(await world.Inventory.Ports.FindAsync(old.PortId));
        var again = port;
        await world.AloneAsync(async () =>
        {
            World.Value(await world.Inventory.Ports.DeleteAsync(old.PortId));
            await assault.PauseAsync(0, assault.Random.Next(2) == 0 ? 0 : 1500);
            again = World.Value(
                await world.Inventory.Ports.CreateAsync(
                    port with
                    {
                        Id = "",
                        Name = "",
                        DeviceId = instance,
                        ProjectId = "",
                    }
                )
            );
        });
        await assault.PauseAsync(500, 1500);
        var machine = await world.PlugAsync(old.Network, "rebuilt", again, secret);
        assault.Attackers.Add(machine);
        await assault.PauseAsync(500, 1000);
        await Shell.RunAsync("ip", "link", "set", "dev", old.Tap, "nomaster");
        await world.IsServedAsync(machine);
    }

    /// <summary>The connection belongs to the instance that it was made for, or ends.</summary>
    static async Task OtherInstanceAsync(Assault assault)
    {
        var (world, machine) = (assault.World, await assault.NewAttackerAsync());
        await world.IsServedAsync(machine);
        var (instance, secret) = await world.NewInstanceAsync("other");
        var former = machine.InstanceId;
        await using (var hammer = new Hammer(assault, machine, newConnections: false, owner: former))
        {
            await assault.PauseAsync(200, 400);
            await world.AloneAsync(async () =>
                World.Value(
                    await world.Inventory.Ports.ChangeAsync(machine.PortId, port => port with { DeviceId = instance })
                )
            );
            await assault.PauseAsync(1500, 2500);
        }
        (machine.InstanceId, machine.Secret) = (instance, secret);
        await world.IsServedAsync(machine);
        await world.Inventory.Instances.DeleteAsync(former);
    }

    /// <summary>The tap goes from one network to the other and back, and each has another guest of that address.</summary>
    static async Task MovedAsync(Assault assault)
    {
        var (world, machine) = (assault.World, await assault.NewAttackerAsync());
        await world.IsServedAsync(machine);
        var counterpart = await assault.NewAttackerAsync(network: world.Second);
        await using var hammer = new Hammer(assault, machine);
        for (var round = 2; round > 0; round--)
        {
            await world.DetachAsync(machine);
            var result = await world.StackmetaAsync("port", "attach", counterpart.PortId, machine.Tap);
            assault.Notes.Add($"attached as another's: exit code {result.Code}");
            await assault.PauseAsync(200, 600);
            await world.StackmetaAsync("port", "detach", counterpart.PortId, machine.Tap);
            await world.AttachAsync(machine);
            await assault.PauseAsync(200, 600);
        }
        await world.IsServedAsync(machine);
        await world.IsServedAsync(counterpart);
    }

    /// <summary>It harms its own network at most.</summary>
    static async Task BadRowAsync(Assault assault)
    {
        var world = assault.World;
        var broken = await world.NewNetworkAsync("broken");
        var port = World.Value(await world.Inventory.Ports.CreateAsync(new() { NetworkId = broken.Id }));
        var file = Path.Combine(world.Folder, "inventory.db");
        string[] spoilt =
        [
            $"update ports set mac = 'nonsense' where id = '{port.Id}'",
            $"update ports set mac_address = 'nonsense' where id = '{port.Id}'",
            $"update subnets set cidr = 'nonsense' where id = '{broken.SubnetId}'",
        ];
        var script =
            "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=10)\ndone = 0\nfor s in sys.argv[2:]:\n    try:\n        done += db.execute(s).rowcount\n    except sqlite3.Error as e:\n        print(e)\ndb.commit()\nprint('rows', done)\n";
        var result = await Shell.TryAsync("/usr/bin/python3", ["-c", script, file, .. spoilt]);
        Assert.True(result.Code == 0, result.Error);
        assault.Notes.Add(result.Output.Trim().ReplaceLineEndings("; "));
        try
        {
            // Something of another network changes, and is to take effect.
            var machine = await assault.NewAttackerAsync();
            await world.IsServedAsync(machine);
        }
        finally
        {
            await Shell.TryAsync(
                "/usr/bin/python3",
                [
                    "-c",
                    script,
                    file,
                    $"update subnets set cidr = '10.0.0.0/24' where id = '{broken.SubnetId}'",
                    $"update ports set mac_address = 'fa:16:3e:00:00:01' where id = '{port.Id}'",
                    $"update ports set mac = 'fa:16:3e:00:00:01' where id = '{port.Id}'",
                ]
            );
        }
    }
}
