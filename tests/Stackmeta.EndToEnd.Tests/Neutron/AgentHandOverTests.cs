using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Tests.Support;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>Agents, each a process of its own, that follow one another on one socket while guests ask.</summary>
public sealed class AgentHandOverTests : IAsyncLifetime
{
    const string Haproxy = "/usr/sbin/haproxy";

    readonly string _folder = RunningProgram.MakeFolder();
    readonly int _port = RunningProgram.FreePort();
    Process? _haproxy;

    string Socket => Path.Combine(_folder, "proxy");

    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        Assert.SkipUnless(File.Exists(Haproxy), "haproxy is not installed.");
        var file = Path.Combine(_folder, "haproxy.cfg");
        string[] identity =
        [
            "http-request del-header X-Neutron-Router-ID",
            "http-request set-header X-Neutron-Network-ID net-1",
        ];
        await File.WriteAllTextAsync(file, NeutronHaproxyFile.Render([$"bind 127.0.0.1:{_port}"], Socket, identity));
        _haproxy = Process.Start(new ProcessStartInfo(Haproxy, ["-db", "-q", "-f", file]) { UseShellExecute = false })!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_haproxy is not null)
        {
            _haproxy.Kill();
            await _haproxy.WaitForExitAsync();
            _haproxy.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Several_take_over_from_one_another_and_no_connection_is_refused()
    {
        var current = await StartAsync();
        using var direct = Client(
            async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
        );
        using var proxied = Client(null);
        while (await AskAsync(proxied) != HttpStatusCode.NotFound)
        {
            await Task.Delay(50);
        }
        using var stop = new CancellationTokenSource();
        Task<int>[] guests =
        [
            AskUntilAsync(direct, stop.Token),
            AskUntilAsync(direct, stop.Token),
            AskUntilAsync(proxied, stop.Token),
        ];
        for (var i = 0; i < 4; i++)
        {
            var next = await StartAsync();
            Assert.Contains("was taken over from another agent", next.Said);
            Assert.Equal(0, await current.StopAsync());
            await current.DisposeAsync();
            current = next;
        }
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(guests), answers => Assert.InRange(answers, 10, int.MaxValue));
        Assert.Equal(0, await current.StopAsync());
        await current.DisposeAsync();
        Assert.False(File.Exists(Socket));
    }

    Task<RunningProgram> StartAsync() =>
        RunningProgram.StartCommandAsync(
            _folder,
            "agent",
            "--api",
            "in-process",
            "--set",
            $"agent.socket={Socket}",
            "--set",
            "agent.take_over=true"
        );

    /// <summary>Each request on a connection of its own.</summary>
    static HttpClient Client(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect) =>
        new(
            new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, ConnectCallback = connect },
            disposeHandler: true
        );

    /// <summary>A guest whom no inventory knows: 404 from a living agent, 503 from a proxy without one.</summary>
    async Task<HttpStatusCode> AskAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{_port}/latest");
        // Who asks without a proxy says himself what one would; a real one replaces the first and appends its own of the second.
        request.Headers.Add("X-Neutron-Network-ID", "net-1");
        request.Headers.Add("X-Forwarded-For", "127.0.0.1");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    async Task<int> AskUntilAsync(HttpClient client, CancellationToken stopping)
    {
        var answers = 0;
        for (; !stopping.IsCancellationRequested; answers++)
        {
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(client));
        }
        return answers;
    }
}
