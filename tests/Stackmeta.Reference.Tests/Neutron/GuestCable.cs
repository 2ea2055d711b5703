using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Edge;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>A namespace such as Neutron's agents make, and a guest in another, connected by a cable; nobody answers there yet.</summary>
sealed class GuestCable : IAsyncDisposable
{
    /// <summary>The interface of the namespace.</summary>
    public const string Device = "cable";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly ProxyKind _kind;
    readonly string _guest;
    long _guestDevice;

    GuestCable(ProxyKind kind)
    {
        _kind = kind;
        var name = $"smref-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}";
        (Namespace, _guest) = ($"{name}-p", $"{name}-g");
    }

    /// <summary>Why it cannot be laid; null when it can.</summary>
    public static string? Missing =>
        !Environment.IsPrivilegedProcess ? "Namespaces need root."
        : TestProcess.Find("ip") is null ? "ip is not installed."
        : null;

    /// <summary>The name of the namespace that a proxy listens in.</summary>
    public string Namespace { get; }

    /// <summary>Makes both ends.</summary>
    public static async Task<GuestCable> LayAsync(ProxyKind kind)
    {
        var cable = new GuestCable(kind);
        try
        {
            await cable.LayAsync();
            return cable;
        }
        catch
        {
            await cable.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends bytes from the guest to the metadata address and returns all that comes back until the connection ends.</summary>
    public async Task<byte[]> AskAsync(byte[] request)
    {
        using var socket = await ConnectAsync(_kind.Server);
        using var stream = new NetworkStream(socket);
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request);
            await stream.CopyToAsync(answer).WaitAsync(Patience);
        }
        catch (IOException)
        {
            // It may answer and close before it has read all.
        }
        return answer.ToArray();
    }

    /// <summary>Connects from the guest.</summary>
    public async Task<Socket> ConnectAsync(IPEndPoint server)
    {
        var socket = NetworkNamespace.CreateSocket(_guest, server.AddressFamily, SocketType.Stream);
        try
        {
            var reached = server.Address.IsIPv6LinkLocal
                ? new(new IPAddress(server.Address.GetAddressBytes(), _guestDevice), server.Port)
                : server;
            await socket.ConnectAsync(reached).WaitAsync(Patience);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in (string[])[Namespace, _guest])
        {
            if (NetworkNamespace.Find(name).IsFound(out _))
            {
                await TestProcess.RunAsync("ip", ["netns", "delete", name]);
            }
        }
    }

    async Task LayAsync()
    {
        foreach (var name in (string[])[Namespace, _guest])
        {
            await Ip("netns", "add", name);
            // Nobody else is there, and a second's wait a test is a long one.
            await Ip("netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0");
            await Ip("-n", name, "link", "set", "lo", "up");
        }
        await Ip("link", "add", Device, "netns", Namespace, "type", "veth", "peer", "name", "eth0", "netns", _guest);
        await Ip("-n", _guest, "link", "set", "eth0", "address", _kind.GuestMac);
        await Ip("-n", Namespace, "link", "set", Device, "up");
        await Ip("-n", _guest, "link", "set", "eth0", "up");
        await Ip("-n", Namespace, "addr", "add", _kind.ProxyAddress, "dev", Device);
        await Ip("-n", Namespace, "addr", "add", "169.254.169.254/32", "dev", Device);
        await Ip("-n", Namespace, "addr", "add", "fe80::a9fe:a9fe/64", "dev", Device, "nodad");
        await Ip("-n", _guest, "addr", "add", _kind.GuestAddress, "dev", "eth0");
        await Ip("-n", _guest, "route", "add", "169.254.169.254/32", "dev", "eth0");

        // ip netns exec shows the namespace's own /sys.
        var index = await TestProcess.RunAsync("ip", ["netns", "exec", _guest, "cat", "/sys/class/net/eth0/ifindex"]);
        _guestDevice = long.Parse(index, CultureInfo.InvariantCulture);

        static Task Ip(params string[] arguments) => TestProcess.RunAsync("ip", arguments);
    }
}

/// <summary>Whose namespace it is, and who asks there how; the three that were recorded.</summary>
/// <param name="Name">In the recording.</param>
/// <param name="Header">The header that names network or router.</param>
/// <param name="Id">Its value.</param>
/// <param name="DeletedHeader">The header of the other kind.</param>
/// <param name="Server">What the guest connects to.</param>
/// <param name="Client">The guest's address, as the proxy sees it.</param>
/// <param name="ProxyAddress">The namespace's own address with its prefix length.</param>
/// <param name="GuestAddress">The guest's.</param>
/// <param name="GuestMac">Its link-local address follows from it.</param>
sealed record ProxyKind(
    string Name,
    string Header,
    string Id,
    string DeletedHeader,
    IPEndPoint Server,
    string Client,
    string ProxyAddress,
    string GuestAddress,
    string GuestMac
)
{
    const string NetworkHeader = "X-Neutron-Network-ID";
    const string RouterHeader = "X-Neutron-Router-ID";

    public static ProxyKind Network { get; } =
        new(
            "network",
            NetworkHeader,
            "56b61664-1919-4667-ba81-7e17c04ba600",
            RouterHeader,
            new(IPAddress.Parse("169.254.169.254"), 80),
            "10.10.0.11",
            "10.10.0.2/24",
            "10.10.0.11/24",
            "fa:16:3e:00:00:11"
        );

    public static ProxyKind NetworkOverIpv6 { get; } =
        Network with
        {
            Name = "network-v6",
            Server = new(IPAddress.Parse("fe80::a9fe:a9fe"), 80),
            Client = "fe80::f816:3eff:fe00:11",
        };

    public static ProxyKind Router { get; } =
        new(
            "router",
            RouterHeader,
            "0bf852e4-aa1e-4f6f-a3dc-86049a2358ee",
            NetworkHeader,
            new(IPAddress.Parse("10.61.0.1"), 9697),
            "10.61.0.20",
            "10.61.0.1/24",
            "10.61.0.20/24",
            "fa:16:3e:00:00:2a"
        );

    public static ProxyKind Of(string name) =>
        new[] { Network, NetworkOverIpv6, Router }.First(kind => kind.Name == name);
}
