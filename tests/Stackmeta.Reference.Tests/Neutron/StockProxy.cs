using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Edge;
using Stackmeta.OpenStack.Tests;
using Stackmeta.Tests.Support;

namespace Stackmeta.Reference.Tests;

/// <summary>
/// The stock haproxy in a namespace with the configuration that Neutron's agents write (spec/neutron-metadata.md §1.2), and a guest in
/// another, connected by a cable.
/// </summary>
sealed class StockProxy : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-proxy-").FullName;
    readonly string _proxy;
    readonly string _guest;
    Process? _haproxy;
    long _guestDevice;

    StockProxy()
    {
        var name = $"smref-{Environment.ProcessId}-{Path.GetFileName(_folder)[^6..]}";
        (_proxy, _guest) = ($"{name}-p", $"{name}-g");
    }

    /// <summary>Why it cannot run; null when it can.</summary>
    public static string? Missing =>
        !Environment.IsPrivilegedProcess ? "Namespaces need root."
        : TestProcess.Find("ip") is null || TestProcess.Find("haproxy") is null ? "ip or haproxy is not installed."
        : null;

    /// <summary>Makes both ends and starts haproxy.</summary>
    /// <param name="scope">The header that names network or router, and its value.</param>
    /// <param name="deletedHeader">The header of the other kind.</param>
    /// <param name="port">Where it listens: 80 for a network, 9697 for a router.</param>
    /// <param name="agentSocket">The agent's socket.</param>
    /// <param name="proxyAddress">The namespace's own address with its prefix length.</param>
    /// <param name="guestAddress">The guest's.</param>
    /// <param name="guestMac">Its link-local address follows from it.</param>
    public static async Task<StockProxy> StartAsync(
        (string Name, string Value) scope,
        string deletedHeader,
        int port,
        string agentSocket,
        string proxyAddress,
        string guestAddress,
        string guestMac
    )
    {
        var proxy = new StockProxy();
        try
        {
            await proxy.ConnectAsync(proxyAddress, guestAddress, guestMac);
            var file = Path.Combine(proxy._folder, "haproxy.conf");
            await File.WriteAllTextAsync(
                file,
                NeutronHaproxyFile.Render(
                    [
                        $"bind {(port == 80 ? "169.254.169.254" : "0.0.0.0")}:{port}",
                        $"bind fe80::a9fe:a9fe:{port} interface cable",
                    ],
                    agentSocket,
                    [$"http-request del-header {deletedHeader}", $"http-request set-header {scope.Name} {scope.Value}"]
                )
            );
            proxy._haproxy = TestProcess.Start(
                "ip",
                ["netns", "exec", proxy._proxy, "haproxy", "-db", "-q", "-f", file]
            );
            await TestProcess.UntilAsync(
                async () =>
                    (await TestProcess.RunAsync("ip", ["netns", "exec", proxy._proxy, "ss", "-Hltn"])).Contains(
                        $":{port} "
                    ),
                "haproxy"
            );
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends bytes from the guest and returns all that comes back until the connection ends.</summary>
    public async Task<byte[]> AskAsync(IPEndPoint server, byte[] request)
    {
        using var socket = NetworkNamespace.CreateSocket(_guest, server.AddressFamily, SocketType.Stream);
        await socket.ConnectAsync(server).WaitAsync(Patience);
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

    /// <summary>The metadata address over IPv6, as the guest reaches it.</summary>
    public IPEndPoint LinkLocal(int port) =>
        new(new IPAddress(IPAddress.Parse("fe80::a9fe:a9fe").GetAddressBytes(), _guestDevice), port);

    public async ValueTask DisposeAsync()
    {
        if (_haproxy is not null)
        {
            _haproxy.Kill(entireProcessTree: true);
            await _haproxy.WaitForExitAsync();
            _haproxy.Dispose();
        }
        foreach (var name in (string[])[_proxy, _guest])
        {
            if (NetworkNamespace.IsMounted(name))
            {
                await TestProcess.RunAsync("ip", ["netns", "delete", name]);
            }
        }
        Directory.Delete(_folder, recursive: true);
    }

    async Task ConnectAsync(string proxyAddress, string guestAddress, string guestMac)
    {
        foreach (var name in (string[])[_proxy, _guest])
        {
            await Ip("netns", "add", name);
            // Nobody else is there, and a second's wait a test is a long one.
            await Ip("netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0");
            await Ip("-n", name, "link", "set", "lo", "up");
        }
        await Ip("link", "add", "cable", "netns", _proxy, "type", "veth", "peer", "name", "eth0", "netns", _guest);
        await Ip("-n", _guest, "link", "set", "eth0", "address", guestMac);
        await Ip("-n", _proxy, "link", "set", "cable", "up");
        await Ip("-n", _guest, "link", "set", "eth0", "up");
        await Ip("-n", _proxy, "addr", "add", proxyAddress, "dev", "cable");
        await Ip("-n", _proxy, "addr", "add", "169.254.169.254/32", "dev", "cable");
        await Ip("-n", _proxy, "addr", "add", "fe80::a9fe:a9fe/64", "dev", "cable", "nodad");
        await Ip("-n", _guest, "addr", "add", guestAddress, "dev", "eth0");
        await Ip("-n", _guest, "route", "add", "169.254.169.254/32", "dev", "eth0");

        // ip netns exec shows the namespace's own /sys.
        var index = await TestProcess.RunAsync("ip", ["netns", "exec", _guest, "cat", "/sys/class/net/eth0/ifindex"]);
        _guestDevice = long.Parse(index, CultureInfo.InvariantCulture);

        static Task Ip(params string[] arguments) => TestProcess.RunAsync("ip", arguments);
    }
}
