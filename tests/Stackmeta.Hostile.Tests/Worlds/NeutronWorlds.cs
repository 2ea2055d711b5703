using System.Collections.Immutable;
using System.Text;
using Stackmeta.Inventory;

namespace Stackmeta.Hostile.Tests;

/// <summary>
/// Networks such as Neutron makes them: a namespace with the metadata addresses, a bridge, and a firewall that holds each machine to its
/// MAC, its addresses and the link-local address of its MAC (Neutron, agent/linux/iptables_firewall.py, agent/linux/ip_lib.py).
/// </summary>
public abstract class NeutronWorld : World
{
    readonly List<GuestNetwork> _networks = [];

    /// <summary>Chosen before the start: an edge that follows namespaces is to take none that another test has.</summary>
    private protected Queue<string> Ids { get; } = new(Enumerable.Range(0, 12).Select(_ => Guid.NewGuid().ToString()));

    private protected abstract Task ServedAsync(GuestNetwork network);

    private protected override async Task<GuestNetwork> ServeAsync(NetworkEntry network, SubnetEntry subnet)
    {
        var made = Value(await Inventory.Networks.CreateAsync(network with { Id = Ids.Dequeue() }));
        var within = Value(await Inventory.Subnets.CreateAsync(subnet with { NetworkId = made.Id }));
        var (name, device, bridge, end) = NamesOf(made.Id);
        await Shell.RunAsync("ip", "netns", "add", name);
        await Shell.RunAsync("ip", "link", "add", "name", bridge, "type", "bridge", "mcast_snooping", "0");
        await Shell.RunAsync("ip", "link", "set", "dev", bridge, "alias", $"hostile-test {Folder}/", "up");
        await Shell.RunAsync("ip", "link", "add", "name", end, "type", "veth", "peer", "name", device, "netns", name);
        await Shell.RunAsync("ip", "link", "set", "dev", end, "master", bridge, "up");
        await Shell.RunAsync(
            "sysctl",
            "-qw",
            $"net.ipv6.conf.{bridge}.disable_ipv6=1",
            $"net.ipv6.conf.{end}.disable_ipv6=1"
        );
        var commands = string.Join(
            '\n',
            "link set dev lo up",
            $"link set dev {device} up",
            $"addr add 10.0.0.254/24 dev {device}",
            $"addr add 169.254.169.254/32 dev {device}",
            $"addr add fe80::a9fe:a9fe/64 dev {device} nodad",
            ""
        );
        var result = await Shell.TryAsync("ip", ["-n", name, "-batch", "-"], Encoding.ASCII.GetBytes(commands));
        Assert.True(result.Code == 0, result.Error);
        var (found, mac) = await ServerOfAsync(name);
        var served = new GuestNetwork(made.Id, within.Id, name, found, mac);
        _networks.Add(served);
        await ServedAsync(served);
        return served;
    }

    private protected static (string Namespace, string Device, string Bridge, string End) NamesOf(string id) =>
        ($"qdhcp-{id}", $"tap{id[..11]}", $"brq{id[..11]}", $"vtp{id[..11]}");

    internal override async Task AttachAsync(Machine machine)
    {
        await Shell.RunAsync("sysctl", "-qw", $"net.ipv6.conf.{machine.Tap}.disable_ipv6=1");
        await HoldAsync(machine.Network);
        await Shell.RunAsync(
            "ip",
            "link",
            "set",
            "dev",
            machine.Tap,
            "master",
            NamesOf(machine.Network.Id).Bridge,
            "up"
        );
    }

    internal override async Task DetachAsync(Machine machine) =>
        await Shell.RunAsync("ip", "link", "set", "dev", machine.Tap, "nomaster");

    /// <summary>The firewall of a network, anew for the machines that it has now.</summary>
    internal async Task HoldAsync(GuestNetwork network)
    {
        var table = $"hostile_{network.Id.Replace("-", "", StringComparison.Ordinal)}";
        var text = new StringBuilder($"table bridge {table}\ndelete table bridge {table}\ntable bridge {table} {{\n");
        var machines = Machines.Where(machine => machine.Network == network).ToImmutableArray();
        foreach (var machine in machines)
        {
            var addresses = string.Join(", ", machine.Addresses);
            var target = Convert.ToHexStringLower(machine.LinkLocal.GetAddressBytes());
            text.Append(
                $$"""
                  chain {{machine.Tap}} {
                    ether saddr != {{machine.MacText}} drop
                    ether type arp arp saddr ip { {{addresses}} } accept
                    ether type arp drop
                    ether type ip ip saddr { {{addresses}} } accept
                    icmpv6 type { nd-router-advert, nd-redirect } drop
                    icmpv6 type nd-neighbor-advert @th,64,128 != 0x{{target}} drop
                    ether type ip6 ip6 saddr { ::, {{machine.LinkLocal}} } accept
                    drop
                  }

                """
            );
        }
        var verdicts = machines.Select(machine => $"\"{machine.Tap}\" : goto {machine.Tap}");
        text.Append("  chain guests { type filter hook prerouting priority filter; policy accept;\n");
        if (machines.Length > 0)
        {
            text.Append($"    iifname vmap {{ {string.Join(", ", verdicts)} }}\n");
        }
        text.Append("  }\n}\n");
        var result = await Shell.TryAsync("nft", ["-f", "-"], Encoding.ASCII.GetBytes(text.ToString()));
        Assert.True(result.Code == 0, result.Error + text);
    }

    private protected override async Task StopAsync()
    {
        foreach (var network in _networks)
        {
            var (name, _, bridge, _) = NamesOf(network.Id);
            await Shell.TryAsync(
                "nft",
                ["delete", "table", "bridge", $"hostile_{network.Id.Replace("-", "", StringComparison.Ordinal)}"]
            );
            await Shell.TryAsync("ip", ["netns", "delete", name]);
            await Shell.TryAsync("ip", ["link", "delete", "dev", bridge]);
        }
    }
}

/// <summary>Neutron's agents start what they take for haproxy; edge, agent and API are ours.</summary>
public sealed class DropInWorld : NeutronWorld
{
    readonly List<HaproxyProcess> _proxies = [];

    internal override Kinds Kind => Kinds.DropIn;

    string Bin => Path.Combine(Folder, "bin");

    private protected override async Task StartAsync()
    {
        Directory.CreateDirectory(Bin);
        File.CreateSymbolicLink(Path.Combine(Bin, "haproxy"), Checkout.Program);
        var port = RunningProgram.FreePort();
        string[] options = ["--set", $"api.listen=127.0.0.1:{port}", "--set", $"agent.api=http://127.0.0.1:{port}"];
        Programs["api"] = await StartProgramAsync(["api", .. options]);
        Programs["agent"] = await StartProgramAsync(["agent", .. options]);
        Programs["edge"] = await StartProgramAsync(["edge", "--drop-in", .. options]);
    }

    private protected override async Task ServedAsync(GuestNetwork network)
    {
        var proxy = new HaproxyProcess(network.Id, network.Namespace, Path.Combine(Folder, "neutron"), Bin, Folder);
        _proxies.Add(proxy);
        var started = await proxy.StartAsync(
            ["bind 169.254.169.254:80", $"bind [fe80::a9fe:a9fe]:80 interface {network.Device}"],
            "X-Neutron-Network-ID",
            "X-Neutron-Router-ID"
        );
        Assert.True(started.Code == 0, started.Error);
    }

    private protected override async Task StopAsync()
    {
        foreach (var proxy in _proxies)
        {
            await proxy.StopAsync();
        }
        await base.StopAsync();
    }
}

/// <summary>An edge that follows namespaces, before an agent that is not ours.</summary>
public sealed class StockAgentWorld : NeutronWorld
{
    StockAgent? _agent;

    internal override Kinds Kind => Kinds.StockAgent;

    /// <summary>Tells what it was told.</summary>
    internal StockAgent Agent => _agent!;

    private protected override async Task StartAsync()
    {
        var socket = Path.Combine(Folder, "stock_agent");
        _agent = StockAgent.Start(socket, this);
        Programs["edge"] = await StartProgramAsync(
            "edge",
            "--watch",
            "--set",
            $"edge.watch_only={string.Join(',', Ids)}",
            "--set",
            $"agent.socket={socket}"
        );
    }

    private protected override Task ServedAsync(GuestNetwork network) => TwoNetworks.WaitForNetworkAsync(network.Id);

    private protected override async Task StopAsync()
    {
        _agent?.Dispose();
        await base.StopAsync();
    }
}
