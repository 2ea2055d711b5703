using System.Text.Json.Nodes;

namespace Stackmeta.Tests.Support.Rig;

/// <summary>What a guest finds open where its network is served.</summary>
static class OpenPorts
{
    /// <summary>The addresses of a namespace's interfaces, as they are on the guests' link.</summary>
    public static async Task<string[]> AddressesOfAsync(string @namespace)
    {
        var links = JsonNode.Parse(await Shell.RunAsync("ip", "-n", @namespace, "-json", "addr", "show"))!.AsArray();
        return
        [
            .. links
                .Where(link => link!["ifname"]!.GetValue<string>() != "lo")
                .SelectMany(link => link!["addr_info"]!.AsArray())
                .Select(address => address!["local"]!.GetValue<string>()),
        ];
    }

    /// <summary>Tries every TCP and UDP port of addresses from the guest.</summary>
    /// <param name="guest">On whose link they are.</param>
    /// <param name="namespace">That has them: its kernel may say of any number of ports that they are closed.</param>
    /// <param name="addresses">IPv4, IPv6, link-local.</param>
    /// <returns>For example <c>tcp 169.254.169.254 80</c>.</returns>
    public static async Task<string[]> ScanAsync(Guest guest, string @namespace, params string[] addresses)
    {
        await Shell.RunAsync(
            "ip",
            "netns",
            "exec",
            @namespace,
            "sysctl",
            "-qew",
            "net.ipv4.icmp_ratelimit=0",
            "net.ipv6.icmp.ratelimit=0",
            "net.ipv4.icmp_msgs_per_sec=1000000",
            "net.ipv4.icmp_msgs_burst=100000"
        );
        var found = new List<string>();
        foreach (var address in addresses)
        {
            found.AddRange(await RunAsync(guest, address));
        }
        return [.. found];
    }

    /// <summary>Tries some TCP ports of an address behind a router.</summary>
    public static Task<string[]> TryTcpAsync(Guest guest, string address, params int[] ports) =>
        RunAsync(guest, "--tcp", string.Join(',', ports), address);

    static async Task<string[]> RunAsync(Guest guest, params string[] arguments)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Rig/scan.py");
        var result = await guest.RunAsync("/usr/bin/python3", [script, "eth0", .. arguments]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Whether it is one of dnsmasq's: DNS, and DHCP of the address's family.</summary>
    public static bool IsOfDnsmasq(string found) =>
        found.Split(' ') switch
        {
            [_, _, "53"] => true,
            ["udp", var address, "67"] => !address.Contains(':'),
            ["udp", var address, "547"] => address.Contains(':'),
            _ => false,
        };
}
