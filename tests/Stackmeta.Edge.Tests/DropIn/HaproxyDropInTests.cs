using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>Driven as Neutron's agents drive haproxy (spec/neutron-metadata.md §1.6).</summary>
public sealed class HaproxyDropInTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_listens_while_its_process_lives_and_over_a_restart_of_the_edge()
    {
        await using var agent = await NeutronAgent.StartAsync();
        await using (await RunningEdge.StartAsync(agent))
        {
            var result = await agent.StartHaproxyAsync();
            Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
            Assert.True(agent.IsActive, "The process of the pid file has the uuid in its command line.");
            Assert.Equal("GET /a", await agent.AskAsync("/a"));
            Assert.Equal(agent.NetworkId.ToString(), agent.Socket.Requests.Last()["X-Neutron-Network-ID"]);

            // A changed configuration: the old one is ended, then a new one is started.
            await agent.DestroyHaproxyAsync();
            Assert.Equal(0, (await agent.StartHaproxyAsync()).ExitCode);
            Assert.Equal("GET /b", await agent.AskAsync("/b"));
        }

        Assert.True(agent.IsActive, "The process is not the edge's.");
        await using var next = await RunningEdge.StartAsync(agent);
        await EdgeRig.EventuallyAsync(() => next.Listeners.Namespaces.Count == 1, "the next edge goes on");
        Assert.Equal("GET /c", await agent.AskAsync("/c"));
        await agent.DestroyHaproxyAsync();
        await EdgeRig.EventuallyAsync(() => next.Listeners.Namespaces.Count == 0, "the namespace is let go");
    }

    [Fact]
    public async Task Without_an_edge_it_fails_and_leaves_nothing_behind()
    {
        await using var agent = await NeutronAgent.StartAsync();
        var result = await agent.StartHaproxyAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No edge can be reached", result.Error);
        Assert.False(File.Exists(agent.PidFile));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_fails()
    {
        await using var agent = await NeutronAgent.StartAsync();
        await using var edge = await RunningEdge.StartAsync(agent);
        using var other = ListeningSocket.Open(agent.Namespace, new(MetadataAddress.Ipv4, MetadataAddress.Port));
        var result = await agent.StartHaproxyAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("another program listens on 169.254.169.254:80", result.Error);
        Assert.False(File.Exists(agent.PidFile));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("""{"Process":1,"CommandLine":"x","Kind":0,"Id":"not-an-id","Binds":["169.254.169.254:80"]}""")]
    [InlineData(
        """{"Process":1,"CommandLine":"x","Kind":0,"Id":"5d6f0000-0000-0000-0000-000000000000","Binds":null}"""
    )]
    [InlineData(
        """{"Process":1,"CommandLine":"x","Kind":0,"Id":"5d6f0000-0000-0000-0000-000000000000","Binds":["x"]}"""
    )]
    public async Task What_is_no_message_is_refused_and_the_next_one_taken(string line)
    {
        await using var agent = await NeutronAgent.StartAsync();
        await using var edge = await RunningEdge.StartAsync(agent);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(DropInServer.SocketIn(agent.EdgeDirectory)),
            Cancellation
        );
        await socket.SendAsync(Encoding.UTF8.GetBytes(line + "\n"), Cancellation);
        using var reader = new StreamReader(new NetworkStream(socket));
        Assert.NotEmpty(await reader.ReadLineAsync(Cancellation) ?? "");
        Assert.Equal(0, (await agent.StartHaproxyAsync()).ExitCode);
    }

    [Fact]
    public async Task The_socket_is_for_its_owner_alone()
    {
        await using var agent = await NeutronAgent.StartAsync();
        await using var edge = await RunningEdge.StartAsync(agent);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(DropInServer.SocketIn(agent.EdgeDirectory))
        );
    }

    [Fact]
    public async Task A_client_whose_address_has_no_end_keeps_nobody_from_being_heard()
    {
        await using var agent = await NeutronAgent.StartAsync();
        await using var edge = await RunningEdge.StartAsync(agent);
        using var client = await UnendedPath.ConnectAsync(DropInServer.SocketIn(agent.EdgeDirectory));
        await client.SendAsync("x\n"u8.ToArray(), Cancellation);
        // Closed or refused: it was accepted.
        try
        {
            await client.ReceiveAsync(new byte[1], Cancellation);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset) { }
        Assert.Equal(0, (await agent.StartHaproxyAsync()).ExitCode);
    }

    [Theory]
    [InlineData("No configuration is given")]
    [InlineData("'-z' is not understood", "-z")]
    [InlineData("No such file or directory", "-f", "/nowhere/at/all")]
    public async Task Arguments_that_Neutron_never_gives_are_refused(string expected, params string[] arguments)
    {
        using var errors = new StringWriter();
        Assert.Equal(1, await HaproxyDropIn.RunAsync(arguments, "/none", errors, Cancellation));
        Assert.Contains(expected, errors.ToString());
    }

    /// <summary>An edge of this process with its side of the drop-in.</summary>
    sealed class RunningEdge(
        EdgeServer server,
        DropInServer dropIns,
        AgentForwarder forwarder,
        CancellationTokenSource stop,
        Task running
    ) : IAsyncDisposable
    {
        public NamespaceListeners Listeners => server.Listeners;

        public static async Task<RunningEdge> StartAsync(NeutronAgent agent)
        {
            var forwarder = new AgentForwarder(
                agent.Socket.Path,
                TimeProvider.System,
                NullLogger<AgentForwarder>.Instance
            );
            var server = await EdgeServer.StartAsync(
                new(),
                new DirectSockets(),
                forwarder,
                null,
                TimeProvider.System,
                NullLoggerFactory.Instance,
                Cancellation
            );
            var dropIns = new DropInServer(
                agent.EdgeDirectory,
                server.Listeners,
                new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
                TimeProvider.System,
                NullLogger<DropInServer>.Instance
            );
            var stop = new CancellationTokenSource();
            return new(server, dropIns, forwarder, stop, dropIns.RunAsync(stop.Token));
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running;
            await server.DisposeAsync();
            dropIns.Dispose();
            forwarder.Dispose();
            stop.Dispose();
        }
    }

    /// <summary>What the DHCP agent of Neutron does for one network: namespace, file, process, monitor.</summary>
    sealed class NeutronAgent(AgentSocket socket, DirectoryInfo directory) : IAsyncDisposable
    {
        public Guid NetworkId { get; } = Guid.NewGuid();

        public AgentSocket Socket => socket;

        public string Namespace => $"qdhcp-{NetworkId}";

        public string EdgeDirectory => Path.Combine(directory.FullName, "edge");

        public string PidFile => Path.Combine(directory.FullName, $"{NetworkId}.pid.haproxy");

        string ConfigurationFile => Path.Combine(directory.FullName, $"{NetworkId}.conf");

        /// <summary>Neutron's own test: the pid is a number, and the uuid occurs in that process's command line.</summary>
        public bool IsActive =>
            File.Exists(PidFile)
            && ObservedProcess
                .ArgumentsOf(int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture))
                .Any(argument => argument.Contains(NetworkId.ToString(), StringComparison.Ordinal));

        public static async Task<NeutronAgent> StartAsync()
        {
            Machine.RequireRoot();
            var agent = new NeutronAgent(
                await AgentSocket.StartAsync(),
                Directory.CreateTempSubdirectory("stackmeta-edge-neutron-")
            );
            await Command.Ip(null, "netns", "add", agent.Namespace).RunAsync(Cancellation);
            await Command.Ip(agent.Namespace, "link", "set", "dev", "lo", "up").RunAsync(Cancellation);
            await Command.Ip(agent.Namespace, "addr", "add", "169.254.169.254/32", "dev", "lo").RunAsync(Cancellation);
            return agent;
        }

        public async Task<CommandResult> StartHaproxyAsync()
        {
            var text = HaproxyFileTests
                .Text("bind 169.254.169.254:80", $"http-request set-header X-Neutron-Network-ID {NetworkId}")
                .Split('\n')
                .Select(line => line.Contains("pidfile", StringComparison.Ordinal) ? $"    pidfile {PidFile}" : line);
            await File.WriteAllLinesAsync(ConfigurationFile, text, Cancellation);
            File.Delete(PidFile);
            string[] haproxy =
            [
                Environment.ProcessPath!,
                EntryPoint.DropIn,
                Path.Combine(EdgeDirectory, "haproxy.sock"),
                "-f",
                ConfigurationFile,
            ];
            return await new Command(
                "ip",
                ["netns", "exec", Namespace, "env", $"PROCESS_TAG=haproxy-{NetworkId}", .. haproxy]
            ).CaptureAsync(Cancellation);
        }

        public async Task DestroyHaproxyAsync()
        {
            var process = int.Parse(await File.ReadAllTextAsync(PidFile, Cancellation), CultureInfo.InvariantCulture);
            _ = Libc.Kill(process, Libc.SigTerm);
            await EdgeRig.EventuallyAsync(() => ProcessTable.ReadCommandLine(process).IsAbsent, "it ends by SIGTERM");
            File.Delete(PidFile);
        }

        public async Task<string> AskAsync(string path)
        {
            string[] curl = ["curl", "-sS", "--max-time", "10", $"http://169.254.169.254{path}"];
            return await new Command("ip", ["netns", "exec", Namespace, .. curl]).RunAsync(Cancellation);
        }

        public async ValueTask DisposeAsync()
        {
            if (IsActive)
            {
                await DestroyHaproxyAsync();
            }
            await Command.Ip(null, "netns", "delete", Namespace).RunAsync(CancellationToken.None);
            await socket.DisposeAsync();
            directory.Delete(recursive: true);
        }
    }
}
