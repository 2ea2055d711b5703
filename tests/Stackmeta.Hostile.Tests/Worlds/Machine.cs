using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Stackmeta.Edge;
using Stackmeta.Tests.Support;

namespace Stackmeta.Hostile.Tests;

/// <summary>A guest: a namespace with one interface, whose other end stands on this host for the host's end of a tap.</summary>
sealed class Machine : IAsyncDisposable
{
    /// <summary>From here on the machine's kernel resets no connection: they are <see cref="HandMadeConnection"/>s.</summary>
    public const ushort FirstHandMadePort = 61100;

    /// <summary>What namespaces of this process's machines are named with.</summary>
    public static string Prefix { get; } = $"hostile-{Environment.ProcessId}-";

    public static readonly IPAddress ServerIpv4 = IPAddress.Parse("169.254.169.254");
    public static readonly IPAddress ServerIpv6 = IPAddress.Parse("fe80::a9fe:a9fe");

    public required string Name { get; init; }

    public required GuestNetwork Network { get; init; }

    public required string PortId { get; init; }

    public required string InstanceId { get; set; }

    /// <summary>Its user data.</summary>
    public required string Secret { get; set; }

    public required byte[] Mac { get; init; }

    /// <summary>Its IPv4 addresses.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; set; }

    public string Namespace => Prefix + PortId[..13];

    public string Tap => DeviceNames.Tap(Guid.Parse(PortId));

    /// <summary>The address that its MAC makes (RFC 4291, appendix A).</summary>
    public IPAddress LinkLocal => LinkLocalOf(Mac);

    string Way => Network.Gateway is { } gateway ? $"via {gateway} dev eth0" : "dev eth0";

    /// <summary>The index of its interface.</summary>
    public int Interface { get; private set; }

    public string MacText => MacTextOf(Mac);

    public static string MacTextOf(byte[] mac) =>
        string.Join(':', mac.Select(octet => octet.ToString("x2", CultureInfo.InvariantCulture)));

    public static byte[] MacOf(string text) => PhysicalAddress.Parse(text).GetAddressBytes();

    public static IPAddress LinkLocalOf(byte[] mac) =>
        new([0xfe, 0x80, 0, 0, 0, 0, 0, 0, (byte)(mac[0] ^ 2), mac[1], mac[2], 0xff, 0xfe, .. mac[3..]]);

    /// <summary>Makes the namespace and both ends of the cable, with the port's MAC and addresses; nothing is attached yet.</summary>
    public async Task CreateAsync()
    {
        await BatchAsync(
            null,
            $"netns add {Namespace}",
            $"link add name {Tap} type veth peer name eth0 address {MacText} netns {Namespace}",
            $"link set dev {Tap} up"
        );
        await BatchAsync(
            Namespace,
            [
                "link set dev lo up",
                "link set dev eth0 addrgenmode none",
                "link set dev eth0 up",
                $"addr add {LinkLocal}/64 dev eth0 nodad",
                .. Addresses.Select(address => $"addr add {address}/24 dev eth0"),
                $"route add 169.254.169.254/32 {Way}",
            ]
        );
        var link = JsonNode.Parse(await Shell.RunAsync("ip", "-n", Namespace, "-json", "link", "show", "dev", "eth0"));
        Interface = link![0]!["ifindex"]!.GetValue<int>();
    }

    /// <summary>Makes the interface have these IPv4 addresses and no others.</summary>
    public async Task MoveToAsync(params IPAddress[] addresses)
    {
        Addresses = addresses;
        await Shell.RunAsync("ip", "-n", Namespace, "-4", "addr", "flush", "dev", "eth0");
        await BatchAsync(
            Namespace,
            [
                .. addresses.Select(address => $"addr add {address}/24 dev eth0"),
                $"route replace 169.254.169.254/32 {Way}",
            ]
        );
    }

    /// <summary>Adds addresses of the link, without asking whether somebody has them.</summary>
    public Task AddAsync(params IPAddress[] addresses) =>
        BatchAsync(
            Namespace,
            [
                .. addresses.Select(address =>
                    address.AddressFamily == AddressFamily.InterNetworkV6
                        ? $"addr replace {address}/64 dev eth0 nodad"
                        : $"addr replace {address}/24 dev eth0"
                ),
            ]
        );

    /// <summary>The kernel of the machine knows nothing of <see cref="HandMadeConnection"/>s, and is not to reset them.</summary>
    public async Task HoldResetsAsync() =>
        await Shell.RunAsync(
            "ip",
            "netns",
            "exec",
            Namespace,
            "nft",
            $"add table inet held; add chain inet held out {{ type filter hook output priority 0; }}; add rule inet held out tcp sport >= {FirstHandMadePort} drop"
        );

    public Task<Shell.Result> RunAsync(string program, params string[] arguments) =>
        Shell.TryAsync("ip", ["netns", "exec", Namespace, program, .. arguments]);

    /// <summary>The service as this machine reaches it.</summary>
    public IPEndPoint Server(bool ipv6) =>
        ipv6 ? new(new IPAddress(ServerIpv6.GetAddressBytes(), Interface), 80) : new(ServerIpv4, 80);

    /// <summary>Sockets of the machine, not yet bound.</summary>
    public Socket[] NewSockets(AddressFamily family, int count)
    {
        var native = family == AddressFamily.InterNetworkV6 ? Libc.AfInet6 : Libc.AfInet;
        var descriptors = NetworkNamespace.Inside(
            Namespace,
            () =>
                Enumerable
                    .Range(0, count)
                    .Select(_ =>
                        NetworkNamespace.Checked(Libc.Socket(native, Libc.SockStream | Libc.SockCloexec, 0), "socket")
                    )
                    .ToArray()
        );
        return [.. descriptors.Select(descriptor => new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)))];
    }

    /// <summary>Connects from an address of the machine.</summary>
    /// <returns>Null when it is refused, or not answered in time.</returns>
    public async Task<Socket?> ConnectAsync(IPAddress? source, bool ipv6, TimeSpan patience, ushort port = 0)
    {
        var socket = NewSockets(ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, 1)[0];
        return await ConnectAsync(socket, source, ipv6, patience, port) ? socket : null;
    }

    async Task<bool> ConnectAsync(Socket socket, IPAddress? source, bool ipv6, TimeSpan patience, ushort port)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(patience);
        try
        {
            // Not FIN but RST at the end: nothing of it stays behind in the machine.
            socket.LingerState = new LingerOption(true, 0);
            socket.NoDelay = true;
            if (source is not null)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(ipv6 ? new IPAddress(source.GetAddressBytes(), Interface) : source, port));
            }
            await socket.ConnectAsync(Server(ipv6), timeout.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <summary>Opens connections from each of some addresses; those that open are the caller's.</summary>
    public async Task<List<Socket>> OpenAsync(IReadOnlyList<IPAddress> sources, int count, TimeSpan patience)
    {
        var ipv6 = sources[0].AddressFamily == AddressFamily.InterNetworkV6;
        var sockets = NewSockets(sources[0].AddressFamily, count);
        var opened = await Task.WhenAll(
            sockets.Select(
                async (socket, index) =>
                    await ConnectAsync(socket, sources[index % sources.Count], ipv6, patience, 0) ? socket : null
            )
        );
        return [.. opened.OfType<Socket>()];
    }

    /// <summary>One request over a connection of its own; null when there is no answer in time.</summary>
    public async Task<GuestAnswer?> AskAsync(
        string target,
        bool ipv6 = false,
        IPAddress? source = null,
        string headers = "",
        double seconds = 5
    )
    {
        var patience = TimeSpan.FromSeconds(seconds);
        return await ConnectAsync(source, ipv6, patience) is { } socket
            ? await AskAsync(
                socket,
                $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n",
                patience
            )
            : null;
    }

    /// <summary>One request over a connection that then is closed.</summary>
    public static async Task<GuestAnswer?> AskAsync(Socket socket, string request, TimeSpan patience)
    {
        using var http = RawHttp.On(socket);
        try
        {
            await http.SendAsync(request);
            return GuestAnswer.Of(await http.ReadAnswerAsync().WaitAsync(patience));
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException or FormatException)
        {
            return null;
        }
    }

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

    public async ValueTask DisposeAsync()
    {
        await Shell.TryAsync("ip", ["link", "delete", "dev", Tap]);
        await Shell.TryAsync("ip", ["netns", "delete", Namespace]);
    }
}

/// <summary>What came back for a request.</summary>
/// <param name="Status">0 when the connection ended without an answer.</param>
sealed record GuestAnswer(int Status, byte[] Body)
{
    public string Text => Encoding.Latin1.GetString(Body);

    public static GuestAnswer? Of(Stackmeta.Tests.Support.RawAnswer answer) =>
        answer.Status == 0 && answer.Body.Length == 0 ? null : new(answer.Status, answer.Body);
}
