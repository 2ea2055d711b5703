using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>An opener and who asks it, in real namespaces.</summary>
public sealed class OpenerTests
{
    static readonly IPEndPoint Metadata = new(MetadataAddress.Ipv4, MetadataAddress.Port);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static OpenerMessage Listen(string @namespace, IPEndPoint? endPoint = null) =>
        new(OpenerMessageKind.Listen, @namespace, endPoint ?? Metadata);

    [Fact]
    public async Task The_serving_process_has_no_rights_and_answers_in_all_namespaces()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 20);
        await rig.OpenAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);

        var status = (await File.ReadAllLinesAsync($"/proc/{process.Id}/status", Cancellation))
            .Select(line => line.Split('\t', 2))
            .ToDictionary(field => field[0], field => field[1]);
        var user = PosixUser.Find(OpenerRig.User)!;
        Assert.Equal($"{user.Uid}\t{user.Uid}\t{user.Uid}\t{user.Uid}", status["Uid:"]);
        Assert.Equal($"{user.Gid}\t{user.Gid}\t{user.Gid}\t{user.Gid}", status["Gid:"]);
        Assert.Equal("", status["Groups:"].Trim());
        foreach (var set in (string[])["CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"])
        {
            Assert.Equal(new string('0', 16), status[set]);
        }
        Assert.Equal("1", status["NoNewPrivs:"]);
    }

    [Fact]
    public async Task Who_serves_cannot_enter_a_namespace_itself()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        var entering = rig.Start([
            .. OpenerRig.RightsOf(OpenerRig.User),
            "nsenter",
            $"--net={NetworkNamespace.PathOf(rig.Networks[0].Name)}",
            "true",
        ]);
        await entering.WaitForExitAsync(Cancellation);
        Assert.Equal(1, entering.ExitCode);
    }

    [Fact]
    public async Task Metadata_is_answered_over_IPv6_too()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var network = rig.Networks[0];
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        // The loopback has no MACs: an address that is made of one is known by it.
        const string Client = "fe80::f816:3eff:fe00:9";
        await Command.Ip(network.Name, "addr", "add", $"{Client}/64", "dev", "lo", "nodad").RunAsync(Cancellation);
        using var socket = NetworkNamespace.CreateSocket(network.Name, AddressFamily.InterNetworkV6, SocketType.Stream);
        // Interface 1 is the loopback of every namespace.
        socket.Bind(new IPEndPoint(new IPAddress(IPAddress.Parse(Client).GetAddressBytes(), 1), 0));
        await socket.ConnectAsync(new IPEndPoint(new IPAddress(MetadataAddress.Ipv6.GetAddressBytes(), 1), 80));
        await socket.SendAsync("GET / HTTP/1.0\r\nHost: [fe80::a9fe:a9fe%lo]\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(new NetworkStream(socket));
        Assert.EndsWith($"{network.Id} {process.Id}", await reader.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task A_stranger_is_refused()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        // As if the socket's mode had been changed: the kernel's word on who connects counts.
        File.SetUnixFileMode(rig.SocketPath, (UnixFileMode)Convert.ToInt32("666", 8));
        var stranger = new PosixUser(12345, 12345);
        var process = rig.Start(
            [
                .. UnprivilegedCommand.For(stranger),
                Environment.ProcessPath!,
                ServingRoles.Ask,
                rig.SocketPath,
                rig.Networks[0].Name,
            ],
            readsOutput: true
        );
        Assert.Equal("the opener serves another user", await process.StandardOutput.ReadLineAsync(Cancellation));
        Assert.Empty(rig.Opener!.Namespaces);
    }

    [Fact]
    public async Task A_strangers_connection_is_refused_by_the_sockets_mode()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var process = rig.Start(
            [
                .. UnprivilegedCommand.For(new PosixUser(12345, 12345)),
                Environment.ProcessPath!,
                ServingRoles.Ask,
                rig.SocketPath,
                rig.Networks[0].Name,
            ],
            readsOutput: true
        );
        Assert.Equal(
            $"The opener's socket {rig.SocketPath} cannot be reached: Permission denied",
            await process.StandardOutput.ReadLineAsync(Cancellation)
        );
    }

    [Fact]
    public async Task A_client_whose_address_has_no_end_is_answered_and_so_are_others()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 0);
        await rig.OpenAsync();
        using (var client = await UnendedPath.ConnectAsync(rig.SocketPath, SocketType.Seqpacket))
        {
            await client.SendAsync("no question"u8.ToArray(), Cancellation);
            Assert.NotEqual(0, await client.ReceiveAsync(new byte[OpenerMessage.LongestMessage], Cancellation));
        }
        Assert.Equal(OpenerRefusal.NotAMetadataNamespace, await AskAsync(rig, Listen("none")));
    }

    /// <summary>OSSN-0018: guests reach no service of the host.</summary>
    [Fact]
    public async Task OSSN0018_a_name_that_leads_to_the_hosts_own_network_is_refused()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 0);
        await rig.OpenAsync();
        var name = DeviceNames.DhcpNamespace(Guid.NewGuid());
        await Command.Ip(null, "netns", "attach", name, $"{Environment.ProcessId}").RunAsync(Cancellation);
        try
        {
            Assert.Equal(OpenerRefusal.HostNamespace, await AskAsync(rig, Listen(name)));
            Assert.Equal(OpenerRefusal.HostNamespace, await AskAsync(rig, new(OpenerMessageKind.WatchIpv6, name)));
        }
        finally
        {
            await Command.Ip(null, "netns", "delete", name).RunAsync(Cancellation);
        }
    }

    [Fact]
    public async Task What_is_not_to_be_had_is_refused_with_its_reason()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var name = rig.Networks[0].Name;
        Assert.Equal(
            OpenerRefusal.NamespaceGone,
            await AskAsync(rig, Listen(DeviceNames.DhcpNamespace(Guid.NewGuid())))
        );
        Assert.Equal(OpenerRefusal.NotAMetadataNamespace, await AskAsync(rig, Listen("default")));
        Assert.Equal(OpenerRefusal.NotAMetadataAddress, await AskAsync(rig, Listen(name, new(IPAddress.Any, 80))));
        // This test's own process is root's, but stands for nobody.
        Assert.Equal(
            OpenerRefusal.NotAMetadataNamespace,
            await AskAsync(rig, Listen($"/proc/{Environment.ProcessId}/ns/net"))
        );
        Assert.Equal(OpenerRefusal.Malformed, await AskAsync(rig, new(OpenerMessageKind.Answer)));
        Assert.Equal(OpenerRefusal.Malformed, await AskAsync(rig, new(OpenerMessageKind.Leave)));
        Assert.Equal(OpenerRefusal.Malformed, await AskAsync(rig, new(OpenerMessageKind.Keep, name, Metadata)));
        Assert.Equal(OpenerRefusal.None, await AskAsync(rig, Listen(name)));
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_named()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        using var other = ListeningSocket.Open(rig.Networks[0].Name, Metadata);
        using var sockets = new OpenedSockets(
            rig.SocketPath,
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<OpenedSockets>.Instance
        );
        var refused = await Assert.ThrowsAsync<OpenerRefusedException>(async () =>
            await sockets.ListenAsync(rig.Networks[0].Name, Metadata, Cancellation)
        );
        Assert.Equal($"another program listens on 169.254.169.254:80 in {rig.Networks[0].Name}", refused.Message);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_end_the_connection_and_nothing_else()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        byte[][] hostile =
        [
            [0],
            [1],
            [1, 1, 0, 255, 4],
            [2, 1, 0, 0, 0],
            new byte[100_000],
            [.. Enumerable.Repeat((byte)'A', 92)],
        ];
        foreach (var bytes in hostile)
        {
            using var socket = await ConnectAsync(rig);
            await socket.SendAsync(bytes);
            var buffer = new byte[OpenerMessage.LongestMessage];
            var length = await socket.ReceiveAsync(buffer, Cancellation);
            Assert.Equal(OpenerRefusal.Malformed, OpenerMessage.Read(buffer.AsSpan(0, length))?.Refusal);
            Assert.Equal(0, await socket.ReceiveAsync(buffer, Cancellation));
        }
        Assert.Equal(OpenerRefusal.None, await AskAsync(rig, Listen(rig.Networks[0].Name)));
    }

    /// <summary>Who asks and does not read, or asks from many connections, harms nobody else.</summary>
    [Fact]
    public async Task One_that_does_not_read_its_answers_is_let_go()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        using var deaf = await ConnectAsync(rig);
        var question = new byte[OpenerMessage.LongestMessage];
        var length = Listen("default").Write(question);
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            for (var count = 0; count < 100_000; count++)
            {
                await deaf.SendAsync(question.AsMemory(0, length), Cancellation);
            }
        });
        Assert.Equal(OpenerRefusal.None, await AskAsync(rig, Listen(rig.Networks[0].Name)));
    }

    [Fact]
    public async Task More_connections_than_are_of_use_are_refused()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var open = new List<Socket>();
        for (var count = 0; count < 16; count++)
        {
            open.Add(await ConnectAsync(rig));
        }
        await Task.Delay(100, Cancellation);
        Assert.Equal(OpenerRefusal.Stranger, await AskAsync(rig, Listen(rig.Networks[0].Name)));
        open.ForEach(socket => socket.Dispose());
        await EdgeRig.EventuallyAsync(
            () => AskAsync(rig, Listen(rig.Networks[0].Name)).GetAwaiter().GetResult() == OpenerRefusal.None,
            "the connections are counted as ended"
        );
    }

    [Fact]
    public async Task A_user_with_all_connections_that_he_may_have_keeps_root_from_nothing()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var greedy = rig.Start(
            [.. OpenerRig.RightsOf(OpenerRig.User), "/usr/bin/python3", "-c", Greedy, rig.SocketPath],
            readsOutput: true
        );
        // The opener's word to the 17th, once the others are taken in.
        Assert.Equal($"{(int)OpenerRefusal.Stranger}", await greedy.StandardOutput.ReadLineAsync(Cancellation));
        Assert.Equal(OpenerRefusal.None, await AskAsync(rig, Listen(rig.Networks[0].Name)));
    }

    const string Greedy = """
        import socket, sys, time
        def connect():
            one = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            one.connect(sys.argv[1])
            return one
        kept = [connect() for _ in range(16)]
        serve = bytes([1, 5, 0, 0, 0])
        for one in kept:
            one.send(serve)
            one.recv(100)
        last = connect()
        last.send(serve)
        print(last.recv(100)[2], flush=True)
        time.sleep(60)
        """;

    /// <summary>Whoever could exchange the socket would be given what root gives away.</summary>
    [Theory]
    [InlineData("755", 65534)]
    [InlineData("775", 0)]
    [InlineData("757", 0)]
    public async Task A_folder_that_others_may_write_to_is_no_place_for_the_socket(string mode, uint owner)
    {
        await using var rig = await OpenerRig.StartAsync(networks: 0);
        var folder = Path.GetDirectoryName(rig.SocketPath)!;
        File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32(mode, 8));
        NetworkNamespace.Checked(Libc.ChangeOwner(folder, owner, 0), "chown");
        var refused = await Assert.ThrowsAsync<EdgeException>(() => rig.OpenAsync());
        Assert.Contains($"{folder} of the opener's socket must be root's", refused.Message);
        Assert.Empty(Directory.EnumerateFiles(folder));
    }

    /// <summary>A listening socket keeps a namespace alive after its name is gone.</summary>
    [Fact]
    public async Task Sockets_of_a_namespace_that_is_gone_are_dropped_by_all_who_have_them()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 2);
        await rig.OpenAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        Assert.Equal(2, rig.Opener!.Namespaces.Count);
        var gone = rig.Networks[0];
        // The end of the pair outside vanishes with the namespace, and only with it.
        var outside = $"tst{gone.Id.ToString()[..8]}";
        await Command
            .Ip(null, "link", "add", outside, "type", "veth", "peer", "name", "inside", "netns", gone.Name)
            .RunAsync(Cancellation);
        await gone.RemoveAsync();
        await EdgeRig.EventuallyAsync(() => !HostLink.Exists(outside), "the kernel takes the namespace down");
        Assert.Equal([rig.Networks[1].Name], rig.Opener.Namespaces);
        await rig.Networks[1].WaitUntilServedByAsync(process.Id);
    }

    [Fact]
    public async Task A_namespace_made_anew_under_the_same_name_gets_sockets_of_its_own()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        await rig.Networks[0].RemoveAsync();
        await rig.Networks[0].AddAsync();
        await rig.WaitUntilServedByAsync(process.Id);
    }

    [Fact]
    public async Task A_namespace_that_is_no_longer_served_is_refused_to_guests()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var name = rig.Networks[0].Name;
        Assert.Equal(OpenerRefusal.None, await AskAsync(rig, Listen(name)));
        Assert.False(await rig.Networks[0].IsRefusedAsync());
        Assert.Equal(OpenerRefusal.None, await AskAsync(rig, new(OpenerMessageKind.Forget, name)));
        Assert.True(await rig.Networks[0].IsRefusedAsync());
    }

    /// <summary>The routing socket of a namespace tells, and changes nothing (CVE-2014-0181: its opener's rights do not count).</summary>
    [Fact]
    public async Task The_socket_that_tells_of_addresses_gives_no_right_over_the_network()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var process = rig.Start(
            [
                .. OpenerRig.RightsOf(OpenerRig.User),
                Environment.ProcessPath!,
                ServingRoles.Misuse,
                rig.SocketPath,
                rig.Networks[0].Name,
            ],
            readsOutput: true
        );
        // The kernel's answer to a request to take the loopback down: EPERM.
        Assert.Equal("-1", await process.StandardOutput.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task A_socket_that_is_not_what_it_is_said_to_be_is_not_kept()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 2);
        await rig.OpenAsync();
        var (mine, other) = (rig.Networks[0].Name, rig.Networks[1].Name);
        using var listening = ListeningSocket.Open(mine, Metadata);
        using var unbound = NetworkNamespace.CreateSocket(mine, AddressFamily.InterNetwork, SocketType.Stream);
        using var datagrams = NetworkNamespace.CreateSocket(mine, AddressFamily.InterNetwork, SocketType.Dgram);
        using var onHost = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        onHost.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        onHost.Listen();
        Assert.Equal(OpenerRefusal.NotThatSocket, await KeepAsync(rig, other, listening));
        Assert.Equal(OpenerRefusal.NotThatSocket, await KeepAsync(rig, mine, unbound));
        Assert.Equal(OpenerRefusal.NotThatSocket, await KeepAsync(rig, mine, datagrams));
        Assert.Equal(OpenerRefusal.NotThatSocket, await KeepAsync(rig, mine, onHost));
        Assert.Equal(OpenerRefusal.NotAMetadataNamespace, await KeepAsync(rig, "default", onHost));
        // A namespace that the user made himself is none of Neutron's.
        Assert.Equal(
            OpenerRefusal.NotAMetadataNamespace,
            await KeepAsync(rig, $"/proc/{Environment.ProcessId}/ns/net", listening)
        );
        using var file = File.OpenHandle("/dev/null");
        Assert.Empty(rig.Opener!.Namespaces);
        Assert.Equal(OpenerRefusal.None, await KeepAsync(rig, mine, listening));
        Assert.Equal([mine], rig.Opener.Namespaces);
    }

    static async Task<OpenerRefusal> KeepAsync(OpenerRig rig, string @namespace, Socket socket)
    {
        using var descriptor = Descriptor.Of(socket);
        return await AskAsync(rig, new(OpenerMessageKind.Keep, @namespace, Metadata), descriptor);
    }

    static async Task<OpenerRefusal> AskAsync(OpenerRig rig, OpenerMessage question, Descriptor? given = null)
    {
        using var connection = await OpenerConnection.TryOpenAsync(rig.SocketPath, Cancellation);
        Assert.NotNull(connection);
        try
        {
            (await connection.AskAsync(question, given, Cancellation))?.Dispose();
            return OpenerRefusal.None;
        }
        catch (OpenerRefusedException e)
        {
            return e.Refusal;
        }
    }

    static async Task<Socket> ConnectAsync(OpenerRig rig)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(rig.SocketPath), Cancellation);
        return socket;
    }
}
