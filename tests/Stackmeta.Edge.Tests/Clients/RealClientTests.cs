using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>Guests, honest and not, in real namespaces: each is known by the MAC of its own first packet.</summary>
public sealed class RealClientTests
{
    const string Mac = "fa:16:3e:00:00:05";
    const string MadeOfMac = "fe80::f816:3eff:fe00:5";
    const string VictimMac = "fa:16:3e:00:00:06";
    const string MadeOfVictimMac = "fe80::f816:3eff:fe00:6";
    const string Private = "fe80::1234:5678:9abc:def0";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Whatever link-local address it has, a guest is known by its MAC, also with the address that another has by his: of the last two,
    /// Neutron's agent makes MACs as well.
    /// </summary>
    [Theory]
    [InlineData(MadeOfMac)]
    [InlineData(Private)]
    [InlineData("fe80::1")]
    [InlineData("fe80::f816:3e11:2200:5")]
    [InlineData(MadeOfVictimMac)]
    public async Task A_link_local_guest_is_known_by_its_MAC(string address)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var link = await ClientLink.CreateAsync();
        var guest = await link.AddGuestAsync(Mac, address);
        await rig.Server!.Listeners.AddAsync(ServedNamespace.ForNetwork(link.Network, link.Served));
        for (var round = 0; round < 2; round++)
        {
            string[] once = ["-o", "/dev/null", ClientLink.LinkLocalUrl];
            Assert.Equal(0, (await ClientLink.AskAsync(guest, [.. once, .. once])).ExitCode);
        }
        Assert.Equal(4, rig.Agent.Requests.Count);
        Assert.All(
            rig.Agent.Requests,
            request =>
                Assert.Equal(
                    (MadeOfMac, Mac, link.Network.ToString()),
                    (request["X-Forwarded-For"], request["X-Stackmeta-Client-MAC"], request["X-Neutron-Network-ID"])
                )
        );
    }

    /// <summary>
    /// Who has another's address is told apart by the agent: it gets the MAC of whoever it is, however he has the packets.
    /// </summary>
    [Theory]
    [InlineData(Mac, "10.0.0.6")]
    [InlineData(VictimMac, "10.0.0.5")]
    public async Task The_agent_gets_the_MAC_with_any_address(string mac, string address)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var link = await ClientLink.CreateAsync();
        var guest = await link.AddGuestAsync(mac, address);
        await rig.Server!.Listeners.AddAsync(ServedNamespace.ForNetwork(link.Network, link.Served));
        Assert.Equal(0, (await ClientLink.AskAsync(guest, ClientLink.Ipv4Url)).ExitCode);
        var request = Assert.Single(rig.Agent.Requests);
        Assert.Equal((address, mac), (request["X-Forwarded-For"], request["X-Stackmeta-Client-MAC"]));
    }

    /// <summary>
    /// S-1: neighbour discovery has the kernel believe that the guest's address is the victim's, by an advertisement, a solicitation, or
    /// the victim's own defence of an address that the guest has taken. Then the guest asks, on a connection that it made before or makes
    /// then.
    /// </summary>
    [Theory]
    [InlineData("advertisement", MadeOfMac)]
    [InlineData("solicitation", MadeOfMac)]
    [InlineData("advertisement", Private)]
    [InlineData("detection", Private)]
    public async Task S1_neighbour_discovery_makes_nobody_another(string way, string address)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var link = await ClientLink.CreateAsync();
        var guest = await link.AddGuestAsync(Mac, address);
        var victim = await link.AddGuestAsync(VictimMac, Private);
        await ClientLink.DropTcpOfAsync(victim);
        await rig.Server!.Listeners.AddAsync(ServedNamespace.ForNetwork(link.Network, link.Served));
        var result = await new Command(
            "ip",
            ["netns", "exec", guest, "/usr/bin/python3", "-c", Spoofer, way, link.Served, address, Mac, VictimMac]
        ).CaptureAsync(Cancellation);
        Assert.True(result is { ExitCode: 0, Error: "" }, result.Error);
        Assert.NotEmpty(rig.Agent.Requests);
        Assert.All(
            rig.Agent.Requests,
            request => Assert.Equal((MadeOfMac, Mac), (request["X-Forwarded-For"], request["X-Stackmeta-Client-MAC"]))
        );
    }

    /// <summary>A guest that floods SYNs has the kernel answer everybody by cookies, and keep no SYN.</summary>
    [Fact]
    public async Task When_the_kernel_keeps_no_SYN_only_proven_addresses_are_answered()
    {
        using var refusals = new CountedRefusals();
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners, new() { Observer = refusals.Observer });
        await using var link = await ClientLink.CreateAsync();
        var made = await link.AddGuestAsync(Mac, MadeOfMac, "10.0.0.5");
        var other = await link.AddGuestAsync(VictimMac, Private);
        await rig.Server!.Listeners.AddAsync(ServedNamespace.ForNetwork(link.Network, link.Served));
        await link.SetAsync("net.ipv4.tcp_syncookies", 2);

        Assert.Equal(0, (await ClientLink.AskAsync(made, ClientLink.Ipv4Url)).ExitCode);
        Assert.Equal(0, (await ClientLink.AskAsync(made, ClientLink.LinkLocalUrl)).ExitCode);
        Assert.NotEqual(0, (await ClientLink.AskAsync(other, ClientLink.LinkLocalUrl)).ExitCode);
        Assert.Equal(
            [("10.0.0.5", "unknown"), (MadeOfMac, "unknown")],
            rig.Agent.Requests.Select(request => (request["X-Forwarded-For"], request["X-Stackmeta-Client-MAC"]))
        );
        Assert.Equal(["guest-mac-unknown"], refusals.Names);

        await link.SetAsync("net.ipv4.tcp_syncookies", 1);
        Assert.Equal(0, (await ClientLink.AskAsync(other, ClientLink.LinkLocalUrl)).ExitCode);
        Assert.Equal(VictimMac, rig.Agent.Requests.Last()["X-Stackmeta-Client-MAC"]);
    }

    [Fact]
    public async Task Without_port_security_a_guest_whose_MAC_is_not_known_is_refused_whatever_its_address()
    {
        using var refusals = new CountedRefusals();
        await using var rig = await EdgeRig.StartAsync(
            Proxy.Listeners,
            new() { HasAntiSpoofing = false, Observer = refusals.Observer }
        );
        Assert.Contains("no port security", rig.Server!.IdentityNotice, StringComparison.Ordinal);
        await using var link = await ClientLink.CreateAsync();
        var guest = await link.AddGuestAsync(Mac, MadeOfMac, "10.0.0.5");
        await rig.Server.Listeners.AddAsync(ServedNamespace.ForNetwork(link.Network, link.Served));
        Assert.Equal(0, (await ClientLink.AskAsync(guest, ClientLink.Ipv4Url)).ExitCode);
        Assert.Equal(0, (await ClientLink.AskAsync(guest, ClientLink.LinkLocalUrl)).ExitCode);
        await link.SetAsync("net.ipv4.tcp_syncookies", 2);
        Assert.NotEqual(0, (await ClientLink.AskAsync(guest, ClientLink.Ipv4Url)).ExitCode);
        Assert.NotEqual(0, (await ClientLink.AskAsync(guest, ClientLink.LinkLocalUrl)).ExitCode);
        Assert.Equal(["guest-mac-unknown", "guest-mac-unknown"], refusals.Names);
        Assert.Equal(2, rig.Agent.Requests.Count);
    }

    /// <summary>A tunnel of layer 3 has no Ethernet header: what looks like one there is an IP packet, which its sender writes.</summary>
    [Fact]
    public async Task A_guest_behind_a_tunnel_has_no_MAC()
    {
        using var refusals = new CountedRefusals();
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners, new() { Observer = refusals.Observer });
        await using var link = await ClientLink.CreateAsync();
        var guest = await link.AddGuestAsync(Mac);
        await rig.Server!.Listeners.AddAsync(
            ServedNamespace.ForNetwork(link.Network, link.Served) with
            {
                EndPoints = [new(IPAddress.Any, 80), new(IPAddress.IPv6Any, 80)],
            }
        );
        var result = await new Command(
            "/usr/bin/python3",
            ["-c", Tunnel, link.Served, guest, MadeOfMac, Private]
        ).CaptureAsync(Cancellation);
        Assert.True(result is { ExitCode: 0, Error: "" }, result.Error);
        Assert.Equal("10.9.0.5: 200\n" + MadeOfMac + ": 200\n" + Private + ": none\n", result.Output);
        Assert.Equal(
            [("10.9.0.5", "unknown"), (MadeOfMac, "unknown")],
            rig.Agent.Requests.Select(request => (request["X-Forwarded-For"], request["X-Stackmeta-Client-MAC"]))
        );
        Assert.Equal(["guest-mac-unavailable"], refusals.Names);
    }

    /// <summary>More headers than a small buffer holds: destination options of IPv6 are a guest's to send.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(1200)]
    public async Task A_guest_cannot_hide_its_MAC_behind_long_headers(int options)
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var link = await ClientLink.CreateAsync();
        var guest = await link.AddGuestAsync(Mac, Private);
        await rig.Server!.Listeners.AddAsync(ServedNamespace.ForNetwork(link.Network, link.Served));
        var result = await new Command(
            "ip",
            ["netns", "exec", guest, "/usr/bin/python3", "-c", LongHeaders, options.ToString()]
        ).CaptureAsync(Cancellation);
        Assert.True(result is { ExitCode: 0, Error: "" }, result.Error);
        Assert.Equal(Mac, Assert.Single(rig.Agent.Requests)["X-Stackmeta-Client-MAC"]);
    }

    /// <summary>From an earlier version, which knew nothing of it, or from a process with rights.</summary>
    [Fact]
    public async Task A_listener_that_was_opened_otherwise_keeps_SYNs_from_when_it_is_taken_over_on()
    {
        Machine.RequireRoot();
        EthernetAddressOfClient? seen = null;
        await using var server = await EdgeServer.StartAsync(
            new(),
            new ForgetfulSockets(),
            Handling.Of(request =>
            {
                seen = new(((IGuestPeer)request.Client!).MacText);
                return Handling.Say(request, "a");
            }),
            clientOf: null,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            Cancellation
        );
        await using var link = await ClientLink.CreateAsync();
        var guest = await link.AddGuestAsync(Mac, MadeOfMac, "10.0.0.5");
        await server.Listeners.AddAsync(ServedNamespace.ForNetwork(link.Network, link.Served));
        foreach (var url in (string[])[ClientLink.Ipv4Url, ClientLink.LinkLocalUrl])
        {
            Assert.Equal("a", (await ClientLink.AskAsync(guest, url)).Output);
            Assert.Equal(Mac, seen?.Mac);
        }
    }

    /// <summary>Any socket of a namespace keeps it alive.</summary>
    [Fact]
    public async Task A_namespace_that_is_removed_really_goes_though_its_guests_have_asked()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Listeners);
        await using var link = await ClientLink.CreateAsync();
        var guest = await link.AddGuestAsync(Mac, MadeOfMac);
        await rig.Server!.Listeners.AddAsync(ServedNamespace.ForNetwork(link.Network, link.Served));
        Assert.Equal(0, (await ClientLink.AskAsync(guest, ClientLink.LinkLocalUrl)).ExitCode);
        await rig.Server.Listeners.RemoveAsync(link.Served);
        await Command.Ip(null, "netns", "delete", link.Served).RunAsync(Cancellation);
        // The guest's end of the pair vanishes with the namespace, and only with it.
        for (
            var tries = 0;
            (await Command.Ip(guest, "link", "show", "dev", "eth0").CaptureAsync(Cancellation)).ExitCode == 0;
            tries++
        )
        {
            Assert.True(tries < 100, "The namespace is still there.");
            await Task.Delay(50, Cancellation);
        }
    }

    /// <summary>
    /// What neighbour discovery writes into the kernel's table is looked at there, so that an attack that does not work fails the test.
    /// </summary>
    const string Spoofer = """
        import re, socket, struct, subprocess, sys, time
        way, served, address, own, victim = sys.argv[1:]
        octets = lambda mac: bytes.fromhex(mac.replace(':', ''))
        server = 'fe80::a9fe:a9fe'
        src, dst = (socket.inet_pton(socket.AF_INET6, one) for one in (address, server))

        def frame(icmp, to, ip_from, ip_to):
            pseudo = ip_from + ip_to + struct.pack('!I3xB', len(icmp), 58) + icmp
            total = sum(struct.unpack('!%dH' % (len(pseudo) // 2), pseudo))
            while total >> 16:
                total = (total & 0xffff) + (total >> 16)
            icmp = icmp[:2] + struct.pack('!H', ~total & 0xffff) + icmp[4:]
            header = struct.pack('!IHBB', 0x60000000, len(icmp), 58, 255) + ip_from + ip_to
            return to + octets(own) + b'\x86\xdd' + header + icmp

        def advertise(mac, to):
            return frame(struct.pack('!BBHI', 136, 0, 0, 0x60000000) + src + b'\x02\x01' + octets(mac), to, src, dst)

        def solicit(mac, to):
            return frame(struct.pack('!BBHI', 135, 0, 0, 0) + dst + b'\x01\x01' + octets(mac), to, src, dst)

        def detect():
            group = b'\xff\x02' + bytes(9) + b'\x01\xff' + src[13:]
            return frame(struct.pack('!BBHI', 135, 0, 0, 0) + src, b'\x33\x33' + group[12:], bytes(16), group)

        def table():
            out = subprocess.check_output(['ip', '-n', served, '-6', 'neigh', 'show', address, 'dev', 'br0']).decode()
            return re.search('lladdr ' + victim, out) is not None

        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        raw.bind(('eth0', 0))
        index = socket.if_nametoindex('eth0')

        def connect():
            one = socket.socket(socket.AF_INET6)
            one.settimeout(8)
            one.connect((server, 80, 0, index))
            return one

        first = connect()
        out = subprocess.check_output(['ip', '-6', 'neigh', 'show', server, 'dev', 'eth0']).decode()
        to = octets(re.search('lladdr (\\S+)', out).group(1))
        end = time.monotonic() + 8
        while not table():
            if time.monotonic() > end:
                sys.exit('The table of neighbours was not steered.')
            raw.send({'advertisement': advertise(victim, to), 'solicitation': solicit(victim, to), 'detection': detect()}[way])
            time.sleep(0.02)
        first.sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        end = time.monotonic() + 8
        answer = b''
        while not answer:
            if time.monotonic() > end:
                sys.exit('No answer came.')
            # The answer is sent to whom the table has.
            raw.send(advertise(own, to))
            first.settimeout(0.1)
            try:
                answer = first.recv(4096)
            except TimeoutError:
                pass
        """;

    /// <summary>Two tunnels, one in each namespace, and a process that carries packets between them.</summary>
    const string Tunnel = """
        import ctypes, fcntl, os, select, socket, struct, subprocess, sys, threading
        served, guest, made, private = sys.argv[1:]
        libc = ctypes.CDLL(None, use_errno=True)
        home = os.open('/proc/self/ns/net', os.O_RDONLY)

        def enter(name):
            with open('/run/netns/' + name) as one:
                if libc.setns(one.fileno(), 0x40000000):
                    sys.exit('setns')

        def tun(name):
            enter(name)
            fd = os.open('/dev/net/tun', os.O_RDWR)
            fcntl.ioctl(fd, 0x400454ca, struct.pack('16sH', b'l3', 0x1001))
            libc.setns(home, 0x40000000)
            return fd

        ends = [tun(served), tun(guest)]
        def carry():
            while True:
                for one in select.select(ends, [], [])[0]:
                    packet = os.read(one, 65536)
                    try:
                        os.write(ends[1 - ends.index(one)], packet)
                    except OSError:
                        pass # It is not up yet.
        threading.Thread(target=carry, daemon=True).start()
        ip = lambda name, *arguments: subprocess.check_call(['ip', '-n', name, *arguments])
        for name, addresses in ((served, ['10.9.0.1/24', 'fe80::9/64']), (guest, ['10.9.0.5/24'])):
            ip(name, 'link', 'set', 'dev', 'l3', 'addrgenmode', 'none')
            ip(name, 'link', 'set', 'dev', 'l3', 'up')
            for one in addresses:
                ip(name, 'addr', 'add', one, 'dev', 'l3', *(['nodad'] if ':' in one else []))
        for source, url in (('10.9.0.5', 'http://10.9.0.1/'), (made, 'http://[fe80::9%25l3]/'), (private, 'http://[fe80::9%25l3]/')):
            if ':' in source:
                ip(guest, '-6', 'addr', 'flush', 'dev', 'l3')
                ip(guest, 'addr', 'add', source + '/64', 'dev', 'l3', 'nodad')
            ask = ['ip', 'netns', 'exec', guest, 'curl', '-s', '-o', '/dev/null', '--max-time', '8', '-w', '%{http_code}', url]
            code = subprocess.run(ask, stdout=subprocess.PIPE).stdout.decode()
            print(source + ': ' + ('none' if code == '000' else code))
        """;

    const string LongHeaders = """
        import socket, sys
        length = int(sys.argv[1])
        padding = b''
        while len(padding) < length - 8:
            # An option for experiments, which whoever does not know it passes over (RFC 4727): Linux takes seven octets of padding only.
            part = min(255, length - 8 - len(padding) - 2)
            padding += bytes([0x1e, part]) + bytes(part) if part > 0 else b'\0' * (length - 8 - len(padding))
        options = bytes([0, length // 8 - 1]) + padding
        options += b'\0' * (length - len(options))
        one = socket.socket(socket.AF_INET6)
        one.settimeout(8)
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, options)
        one.connect(('fe80::a9fe:a9fe', 80, 0, socket.if_nametoindex('eth0')))
        one.sendall(b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        if not one.recv(4096).startswith(b'HTTP/1.1 200'):
            sys.exit('No answer came.')
        """;

    sealed record EthernetAddressOfClient(string? Mac);

    /// <summary>Opens sockets as before the kernel was told to keep SYNs.</summary>
    sealed class ForgetfulSockets : INamespaceSockets
    {
        readonly DirectSockets _direct = new();

        public async ValueTask<Socket> ListenAsync(
            string @namespace,
            IPEndPoint endPoint,
            CancellationToken cancellationToken
        )
        {
            var socket = await _direct.ListenAsync(@namespace, endPoint, cancellationToken);
            socket.SetRawSocketOption(6, 27, [0, 0, 0, 0]);
            return socket;
        }

        public ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken) =>
            _direct.WatchIpv6Async(@namespace, cancellationToken);

        public void Forget(string @namespace) { }
    }
}
