using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Core.Lookups;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>
/// Behind the stock haproxy with the configuration that Neutron's agents write (spec/neutron-metadata.md §1.2), where the guest is
/// 127.0.0.1. Cases 131 to 140 of §8: what was observed to fail there is answered here.
/// </summary>
public sealed class HaproxyTests
{
    const string Haproxy = "/usr/sbin/haproxy";

    [Fact]
    public async Task Case_131_the_guest_cannot_name_another_network()
    {
        await using var path = await Path.StartAsync(Network);
        foreach (
            var spoofed in (string[])
                [
                    "",
                    "X-Neutron-Network-ID: net-2\r\n",
                    "X-Neutron-Router-ID: router-2\r\n",
                    "x-neutron-router-id: router-2\r\n",
                    "X_Neutron_Router_ID: router-2\r\n",
                    "X_Neutron_Network_ID: net-2\r\n",
                    "X-Forwarded-For: 10.0.0.6\r\n",
                    "X-Forwarded-For: 10.0.0.6, 10.0.0.7\r\nX-Forwarded-For: 10.0.0.8\r\n",
                    "X_Forwarded_For: 10.0.0.6\r\n",
                    "X-Instance-ID: inst-2\r\nX-Tenant-ID: p\r\nX-Metadata-Provider: x\r\n",
                ]
        )
        {
            path.Agent.Api.Requests.Clear();
            Assert.Equal(200, (await path.AskAsync("/latest", headers: spoofed)).Status);
            var sent = Assert.Single(path.Agent.Api.Requests);
            Assert.Equal("own", sent.Headers["X-Instance-ID"]);
            Assert.Equal("127.0.0.1", sent.Headers["X-Forwarded-For"]);
        }
    }

    [Fact]
    public async Task A_router_proxy_is_answered_too()
    {
        await using var path = await Path.StartAsync(Router);
        Assert.Equal(200, (await path.AskAsync("/latest", headers: "X-Neutron-Network-ID: net-2\r\n")).Status);
        Assert.Equal("own", Assert.Single(path.Agent.Api.Requests).Headers["X-Instance-ID"]);
    }

    [Fact]
    public async Task The_ovn_template_which_deletes_nothing_is_refused_when_the_guest_adds_a_network()
    {
        await using var path = await Path.StartAsync(["http-request add-header X-OVN-Network-ID net-1"]);
        Assert.Equal(200, (await path.AskAsync("/latest")).Status);
        Assert.Equal(400, (await path.AskAsync("/latest", headers: "X-OVN-Network-ID: net-2\r\n")).Status);
        Assert.Equal(400, (await path.AskAsync("/latest", headers: "X-Neutron-Network-ID: net-2\r\n")).Status);
        Assert.Single(path.Agent.Api.Requests);
    }

    [Fact]
    public async Task Cases_134_to_139_headers_bodies_and_statuses_come_through()
    {
        await using var path = await Path.StartAsync(Network);
        Assert.Equal(200, (await path.AskAsync("/latest", headers: $"X-Big: {new string('x', 5000)}\r\n")).Status);

        using (var guest = await RawHttp.ConnectAsync(path.Address))
        {
            await guest.SendAsync(
                "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\nExpect: 100-continue\r\n\r\n"
            );
            await Task.Delay(300);
            await guest.SendAsync(new string('b', 9000));
            Assert.Equal(200, (await guest.ReadAnswerAsync()).Status);
            Assert.Equal(9000, path.Agent.Api.Requests.Last().Body.Length);
        }

        foreach (var status in (int[])[204, 401, 404, 429, 502])
        {
            path.Agent.Api.Answer($"HTTP/1.1 {status} X\r\n{(status == 204 ? "" : "Content-Length: 0\r\n")}\r\n");
            Assert.Equal(status, (await path.AskAsync("/latest")).Status);
        }

        var bytes = new string([.. Enumerable.Range(0, 256).Select(i => (char)i)]);
        path.Agent.Api.Answer($"HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n{bytes}");
        Assert.Equal(Encoding.Latin1.GetBytes(bytes), (await path.AskAsync("/latest")).Body);
        path.Agent.Api.Answer("HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n");
        Assert.Equal("256", (await path.AskAsync("/latest", "HEAD"))["Content-Length"]);
    }

    [Theory]
    [InlineData("/%2e%2e//a%2fb?x=%41")]
    [InlineData("/latest/../../etc")]
    public async Task The_raw_target_comes_through(string target)
    {
        await using var path = await Path.StartAsync(Network);
        await path.AskAsync(target);
        Assert.Equal($"GET {target} HTTP/1.1", Assert.Single(path.Agent.Api.Requests).Line);
    }

    [Theory]
    [InlineData("GET", "", "")]
    // In the middle of what a guest posts.
    [InlineData("POST", "Content-Length: 100000\r\n", "the beginning")]
    public async Task A_proxy_that_is_gone_in_mid_request_leaves_nothing_behind_and_the_next_one_is_answered(
        string method,
        string headers,
        string body
    )
    {
        await using var path = await Path.StartAsync(Network);
        var reached = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        path.Agent.Api.OnHead = () => reached.TrySetResult();
        path.Agent.Api.OnClosed = () => gone.TrySetResult();
        path.Agent.Api.OnRequest = static async (_, stream) =>
        {
            await FakeApi.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc");
            return await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false) > 0;
        };
        using var guest = await RawHttp.ConnectAsync(path.Address);
        await guest.SendAsync($"{method} /latest HTTP/1.1\r\nHost: h\r\n{headers}\r\n{body}");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(20));
        path.Kill();
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(20));

        path.Agent.Api.Answer(FakeApi.Ok("still here"));
        await path.RestartAsync();
        Assert.Equal("still here", (await path.AskAsync("/latest")).Text);
        Assert.Empty(path.Agent.Log.Of(2002));
    }

    [Fact]
    public async Task Case_140_without_the_agent_the_proxy_says_503()
    {
        await using var path = await Path.StartAsync(Network);
        await path.Agent.DisposeAsync();
        Assert.Equal(503, (await path.AskAsync("/latest")).Status);
    }

    static readonly string[] Network =
    [
        "http-request del-header X-Neutron-Router-ID",
        "http-request set-header X-Neutron-Network-ID net-1",
    ];

    static readonly string[] Router =
    [
        "http-request del-header X-Neutron-Network-ID",
        "http-request set-header X-Neutron-Router-ID router-1",
    ];

    /// <summary>Guest, haproxy, agent, API.</summary>
    sealed class Path : IAsyncDisposable
    {
        Process _haproxy;
        readonly string _file;

        Path(TestAgent agent, Process haproxy, string file, IPEndPoint address)
        {
            Agent = agent;
            _haproxy = haproxy;
            _file = file;
            Address = address;
        }

        public TestAgent Agent { get; }

        public EndPoint Address { get; }

        public static async Task<Path> StartAsync(string[] identity)
        {
            Assert.SkipUnless(File.Exists(Haproxy), "haproxy is not installed.");
            var agent = await TestAgent.StartAsync();
            agent.Directory.Add(TestAgent.Net1, "127.0.0.1", "own");
            agent.Directory.Add(TestAgent.Router1, "127.0.0.1", "own");
            agent.Directory.Add(new(NetworkScopeKind.Network, "net-2"), "127.0.0.1", "other");
            agent.Directory.Add(TestAgent.Net1, "10.0.0.6", "other");
            var address = new IPEndPoint(IPAddress.Loopback, FreePort());
            var file = System.IO.Path.GetTempFileName();
            await File.WriteAllTextAsync(
                file,
                NeutronHaproxyFile.Render([$"bind {address}"], agent.SocketPath, identity)
            );
            var path = new Path(agent, Start(file), file, address);
            await path.WaitAsync();
            return path;
        }

        /// <summary>Ends the proxy at once, whatever it has under way.</summary>
        public void Kill()
        {
            _haproxy.Kill();
            _haproxy.WaitForExit();
        }

        /// <summary>Another proxy in the place of one that was killed.</summary>
        public Task RestartAsync()
        {
            _haproxy.Dispose();
            _haproxy = Start(_file);
            return WaitAsync();
        }

        static Process Start(string file) =>
            Process.Start(new ProcessStartInfo(Haproxy, ["-db", "-q", "-f", file]) { UseShellExecute = false })!;

        public Task<RawAnswer> AskAsync(string target, string method = "GET", string headers = "") =>
            RawHttp.AskAsync(
                Address,
                $"{method} {target} HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n{headers}\r\n"
            );

        public async ValueTask DisposeAsync()
        {
            _haproxy.Kill();
            await _haproxy.WaitForExitAsync();
            _haproxy.Dispose();
            File.Delete(_file);
            if (File.Exists(Agent.SocketPath))
            {
                await Agent.DisposeAsync();
            }
        }

        async Task WaitAsync()
        {
            for (var i = 0; i < 200; i++)
            {
                try
                {
                    (await RawHttp.ConnectAsync(Address)).Dispose();
                    return;
                }
                catch (SocketException)
                {
                    Assert.False(_haproxy.HasExited, "haproxy ended.");
                    await Task.Delay(50);
                }
            }
            Assert.Fail("haproxy does not listen.");
        }

        static int FreePort()
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
    }
}
