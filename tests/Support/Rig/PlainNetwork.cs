using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Edge;

namespace Stackmeta.Tests.Support.Rig;

/// <summary>
/// A namespace such as Neutron's agents make, and a guest on a cable to it: no bridge, no DHCP, nothing of our program. The
/// guest has 10.0.0.5 and the link-local address of its MAC; the namespace has the metadata addresses.
/// </summary>
sealed class PlainNetwork : IAsyncDisposable
{
    public const string GuestAddress = "10.0.0.5";

    PlainNetwork(string name, string id)
    {
        Namespace = name;
        GuestNamespace = $"guest-{id}";
        Tap = $"tap{id}"[..14];
    }

    /// <summary>The interface of the namespace, named as Neutron names it.</summary>
    public string Tap { get; }

    public string Namespace { get; }

    public string GuestNamespace { get; }

    /// <param name="prefix"><c>qdhcp-</c> or <c>ovnmeta-</c>.</param>
    /// <param name="id">The network's.</param>
    /// <param name="mac">Of the guest.</param>
    public static async Task<PlainNetwork> CreateAsync(string prefix, string id, string mac)
    {
        var network = new PlainNetwork(prefix + id, id);
        var tap = network.Tap;
        await BatchAsync(
            null,
            $"netns add {network.GuestNamespace}",
            $"netns add {network.Namespace}",
            $"link add name {tap} netns {network.Namespace} type veth peer name eth0 address {mac} netns {network.GuestNamespace}"
        );
        await BatchAsync(
            network.Namespace,
            "link set dev lo up",
            $"link set dev {tap} up",
            $"addr add 10.0.0.2/24 dev {tap}",
            $"addr add 169.254.169.254/32 dev {tap}",
            $"addr add fe80::a9fe:a9fe/128 dev {tap} nodad"
        );
        await BatchAsync(
            network.GuestNamespace,
            "link set dev lo up",
            "link set dev eth0 addrgenmode none",
            "link set dev eth0 up",
            // The kernel would look for duplicates for a second or two.
            $"addr add {LinkLocalOf(mac)}/64 dev eth0 nodad",
            $"addr add {GuestAddress}/24 dev eth0",
            "route add 169.254.169.254/32 via 10.0.0.2 dev eth0"
        );
        return network;
    }

    /// <summary>Asks over a connection of its own from inside the guest.</summary>
    /// <param name="ipv6">Whether over the link-local address.</param>
    /// <param name="target">The path.</param>
    /// <param name="headers">Lines besides Host, each with its end.</param>
    /// <returns>Null when nobody answers.</returns>
    public async Task<RawAnswer?> AskAsync(bool ipv6, string target, string headers = "")
    {
        var address = ipv6
            // eth0 is the second interface of its namespace: the first is the loopback.
            ? new IPEndPoint(new IPAddress(IPAddress.Parse("fe80::a9fe:a9fe").GetAddressBytes(), 2), 80)
            : new IPEndPoint(IPAddress.Parse("169.254.169.254"), 80);
        try
        {
            using var socket = NetworkNamespace.CreateSocket(GuestNamespace, address.AddressFamily, SocketType.Stream);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await socket.ConnectAsync(address, patience.Token);
            var request = $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), patience.Token);
            using var answer = new MemoryStream();
            await using var stream = new NetworkStream(socket);
            await stream.CopyToAsync(answer, patience.Token);
            return RawAnswer.Parse(Convert.ToBase64String(answer.ToArray()));
        }
        catch (Exception e) when (e is SocketException or IOException or EdgeException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>RFC 4291, appendix A: the MAC with its universal/local bit turned and <c>ff:fe</c> in its middle.</summary>
    static IPAddress LinkLocalOf(string mac)
    {
        var octets = PhysicalAddress.Parse(mac).GetAddressBytes();
        octets[0] ^= 0x02;
        return new([0xfe, 0x80, 0, 0, 0, 0, 0, 0, .. octets[..3], 0xff, 0xfe, .. octets[3..]]);
    }

    /// <summary>Many commands of <c>ip</c> in one process.</summary>
    static async Task BatchAsync(string? @namespace, params string[] commands)
    {
        string[] where = @namespace is null ? [] : ["-n", @namespace];
        var result = await Shell.TryAsync(
            "ip",
            [.. where, "-batch", "-"],
            Encoding.ASCII.GetBytes(string.Join('\n', commands) + "\n")
        );
        Assert.True(result.Code == 0, result.Error);
    }

    /// <summary>Whether the guest still has its interface, which goes with the namespace that has the other end.</summary>
    public async Task<bool> HasCableAsync() =>
        (await Shell.TryAsync("ip", ["-n", GuestNamespace, "link", "show", "dev", "eth0"])).Code == 0;

    public async ValueTask DisposeAsync()
    {
        await Shell.TryAsync("ip", ["netns", "delete", GuestNamespace]);
        await Shell.TryAsync("ip", ["netns", "delete", Namespace]);
    }
}
