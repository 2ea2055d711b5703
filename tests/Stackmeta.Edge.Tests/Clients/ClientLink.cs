using System.Net.NetworkInformation;

namespace Stackmeta.Edge.Tests;

/// <summary>
/// A bridge in the served namespace with guests on it, whom nothing holds to their addresses: what is shown is the edge's own doing.
/// </summary>
sealed class ClientLink : IAsyncDisposable
{
    public const string LinkLocalUrl = "http://[fe80::a9fe:a9fe%25eth0]/";
    public const string Ipv4Url = "http://169.254.169.254/";

    readonly List<string> _guests = [];

    ClientLink() => Served = DeviceNames.DhcpNamespace(Network);

    public Guid Network { get; } = Guid.NewGuid();

    public string Served { get; }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ClientLink> CreateAsync()
    {
        var link = new ClientLink();
        var served = link.Served;
        await Command.Ip(null, "netns", "add", served).RunAsync(Cancellation);
        await Ip(served, "link", "add", "br0", "type", "bridge");
        await Ip(served, "link", "set", "dev", "br0", "up");
        await Ip(served, "addr", "add", "fe80::a9fe:a9fe/64", "dev", "br0", "nodad");
        await Ip(served, "addr", "add", "169.254.169.254/16", "dev", "br0");
        await Ip(served, "addr", "add", "10.0.0.2/24", "dev", "br0");
        return link;
    }

    /// <returns>Its namespace; its interface is eth0.</returns>
    public async Task<string> AddGuestAsync(string mac, params string[] addresses)
    {
        var guest = $"guest-{Guid.NewGuid()}";
        var port = $"p{_guests.Count}";
        await Command.Ip(null, "netns", "add", guest).RunAsync(Cancellation);
        _guests.Add(guest);
        await Ip(Served, "link", "add", port, "type", "veth", "peer", "name", "eth0", "address", mac, "netns", guest);
        await Ip(Served, "link", "set", "dev", port, "master", "br0", "up");
        await Ip(guest, "link", "set", "dev", "eth0", "addrgenmode", "none");
        await Ip(guest, "link", "set", "dev", "eth0", "up");
        foreach (var address in addresses)
        {
            if (address.Contains(':', StringComparison.Ordinal))
            {
                await Ip(guest, "addr", "add", $"{address}/64", "dev", "eth0", "nodad");
            }
            else
            {
                await Ip(guest, "addr", "add", $"{address}/24", "dev", "eth0");
                await Ip(guest, "route", "add", "169.254.169.254", "dev", "eth0", "src", address);
            }
        }
        return guest;
    }

    public Task SetAsync(string key, int value) =>
        new Command("ip", ["netns", "exec", Served, "sysctl", "-qw", $"{key}={value}"]).RunAsync(Cancellation);

    /// <summary>A guest whose firewall says nothing to connections that it has not made.</summary>
    public static Task DropTcpOfAsync(string guest) =>
        new Command(
            "ip",
            [
                "netns",
                "exec",
                guest,
                "nft",
                "add table ip6 quiet; add chain ip6 quiet output { type filter hook output priority 0; }; add rule ip6 quiet output meta l4proto tcp drop",
            ]
        ).RunAsync(Cancellation);

    public static Task<CommandResult> AskAsync(string guest, params string[] arguments) =>
        new Command("ip", ["netns", "exec", guest, "curl", "-sS", "--max-time", "10", .. arguments]).CaptureAsync(
            Cancellation
        );

    public static string MadeOf(string mac) => MacAddress.ToLinkLocal(PhysicalAddress.Parse(mac)).ToString();

    static Task<string> Ip(string @namespace, params string[] arguments) =>
        Command.Ip(@namespace, arguments).RunAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _guests.Append(Served).Where(static name => NetworkNamespace.Find(name).IsFound(out _)))
        {
            await Command.Ip(null, "netns", "delete", name).RunAsync(CancellationToken.None);
        }
    }
}
