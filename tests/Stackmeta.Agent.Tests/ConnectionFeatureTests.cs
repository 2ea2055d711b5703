using System.Net;
using Microsoft.AspNetCore.Http;
using Stackmeta.Http;
using Stackmeta.Inventory;
using Stackmeta.Metadata;
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

    static async Task<RawAnswer> AskAsync(Connection connection, string headers, List<RequestIdentity> asked)
    {
        var directory = new FakePortDirectory();
        directory.Add(TestAgent.Net1, "10.0.0.5", "inst-1");
        directory.Add(new(NetworkScopeKind.Network, "net-2"), "10.0.0.6", "inst-2");
        var options = new AgentOptions();
        var log = new CollectingLogger();
        var agent = new MetadataAgent(
            options,
            new PortCache(directory, options.Ports, TimeProvider.System),
            new Upstream(asked),
            TimeProvider.System,
            log
        );
        await using var server = await HttpServer.StartAsync(
            new() { Addresses = [new IPEndPoint(IPAddress.Loopback, 0)] },
            context =>
            {
                context.Features.Set<IGuestConnectionFeature>(connection);
                return agent.HandleAsync(context);
            },
            log,
            default
        );
        return await RawHttp.AskAsync(
            server.Addresses.First(),
            $"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}\r\n"
        );
    }

    sealed record Connection(NetworkScope Scope, IPAddress Peer) : IGuestConnectionFeature;

    sealed class Upstream(List<RequestIdentity> asked) : IMetadataUpstream
    {
        public async ValueTask<UpstreamAnswer> ForwardAsync(HttpContext context, RequestIdentity identity, long arrived)
        {
            asked.Add(identity);
            await Answer.WriteAsync(context, 200, "text/plain", "x"u8);
            return Refusal.None;
        }
    }
}
