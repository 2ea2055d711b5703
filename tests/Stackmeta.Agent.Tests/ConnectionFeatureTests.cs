using System.Net;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>A listener in the same process that knows where a connection arrived.</summary>
public sealed class ConnectionFeatureTests
{
    [Theory]
    [InlineData("")]
    [InlineData("X-Neutron-Network-ID: net-2\r\nX-Forwarded-For: 10.0.0.6\r\n")]
    [InlineData("X-Neutron-Network-ID: net-1\r\nX-Neutron-Router-ID: r\r\nX-Forwarded-For: x\r\n")]
    public async Task LP1865036_on_a_connection_that_knows_its_guest_headers_are_not_looked_at(string written)
    {
        var asked = new List<RequestIdentity>();
        var answer = await AskAsync(new(TestAgent.Net1, IPAddress.Parse("10.0.0.5")), written, asked);
        Assert.Equal(200, answer.Status);
        Assert.Equal(new RequestIdentity("inst-1", "project-1", "10.0.0.5"), Assert.Single(asked));
    }

    [Fact]
    public async Task A_mapped_peer_is_looked_up_as_ipv4()
    {
        var asked = new List<RequestIdentity>();
        var answer = await AskAsync(new(TestAgent.Net1, IPAddress.Parse("::ffff:10.0.0.5")), "", asked);
        Assert.Equal(200, answer.Status);
        Assert.Equal("inst-1", Assert.Single(asked).InstanceId);
    }

    [Fact]
    public async Task A_peer_that_hides_its_mac_is_nobody()
    {
        var asked = new List<RequestIdentity>();
        var answer = await AskAsync(new(TestAgent.Net1, IPAddress.Parse("fe80::99")), "", asked);
        Assert.Equal(404, answer.Status);
        Assert.Empty(asked);
    }

    [Theory]
    [InlineData("fa:16:3e:00:00:01", 200)]
    [InlineData("fa:16:3e:00:00:02", 404)]
    [InlineData(null, 200)]
    public async Task OSSA2016_009_an_address_with_anothers_MAC_is_nobodys(string? mac, int status)
    {
        var asked = new List<RequestIdentity>();
        var connection = new Connection(TestAgent.Net1, IPAddress.Parse("10.0.0.5"))
        {
            Mac = EthernetAddress.TryParse(mac, out var parsed) ? parsed : null,
        };
        var answer = await AskAsync(connection, "X-Stackmeta-Client-MAC: fa:16:3e:00:00:01\r\n", asked);
        Assert.Equal((status, status == 200 ? 1 : 0), (answer.Status, asked.Count));
        Assert.Null(answer["X-Stackmeta-Port"]);
    }

    /// <summary>S-1: who has lost an address does not go on with it on the connection that he has kept.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_ends_without_an_answer_once_its_address_is_anothers(bool isPlain)
    {
        var asked = new List<RequestIdentity>();
        var directory = TwoGuests();
        var connection = new Connection(TestAgent.Net1, IPAddress.Parse("10.0.0.5"));
        var options = new AgentOptions { Ports = new() { Expiration = TimeSpan.Zero } };
        await using var server = await StartAsync(connection, asked, directory, options, isPlain);
        using var guest = await RawHttp.ConnectAsync(server.Addresses.First());
        for (var i = 0; i < 2; i++)
        {
            await guest.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            Assert.Equal("inst-1", (await guest.ReadAnswerAsync()).Text);
        }
        directory.Add(TestAgent.Net1, "10.0.0.5", "inst-3");
        await guest.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.True(await guest.IsClosedAsync());
        Assert.Equal(["inst-1", "inst-1"], asked.Select(identity => identity.InstanceId));
    }

    static Task<RawAnswer> AskAsync(Connection connection, string headers, List<RequestIdentity> asked) =>
        AskAsync(connection, headers, asked, TwoGuests());

    static FakePortDirectory TwoGuests()
    {
        var directory = new FakePortDirectory();
        directory.Add(TestAgent.Net1, "10.0.0.5", "inst-1");
        directory.Add(new(NetworkScopeKind.Network, "net-2"), "10.0.0.6", "inst-2");
        return directory;
    }

    static async Task<RawAnswer> AskAsync(
        Connection connection,
        string headers,
        List<RequestIdentity> asked,
        FakePortDirectory directory
    )
    {
        await using var server = await StartAsync(connection, asked, directory, new(), isPlain: false);
        return await RawHttp.AskAsync(
            server.Addresses.First(),
            $"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}\r\n"
        );
    }

    static Task<HttpServer> StartAsync(
        Connection connection,
        List<RequestIdentity> asked,
        FakePortDirectory directory,
        AgentOptions options,
        bool isPlain
    )
    {
        var log = new CollectingLogger();
        var agent = new MetadataAgent(
            options,
            new PortCache(directory, options.Ports, TimeProvider.System),
            new Upstream(asked),
            TimeProvider.System,
            log
        );
        return HttpServer.StartAsync(
            new() { Addresses = [new IPEndPoint(IPAddress.Loopback, 0)], RunsInline = isPlain },
            new Handling(request =>
            {
                request.Client = connection;
                return agent.HandleAsync(request);
            }),
            log,
            default
        );
    }

    sealed class Connection(NetworkScope scope, IPAddress peer) : IGuestClient
    {
        public NetworkScope Scope => scope;

        public GuestAddress? Address { get; } = GuestAddress.TryFrom(peer, out var address) ? address : null;

        public string ClientAddress => peer.ToString();

        public EthernetAddress? Mac { get; init; }

        public Port? BoundPort { get; set; }
    }

    sealed class Upstream(List<RequestIdentity> asked) : IMetadataUpstream
    {
        public ValueTask<UpstreamResult> ForwardAsync(Request request, RequestIdentity identity, long arrived)
        {
            asked.Add(identity);
            return new(Handling.Say(request, identity.InstanceId));
        }
    }
}
