using System.Net.Sockets;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>
/// The unix socket: who may connect, what is replaced, how one agent follows another (spec/neutron-metadata.md §3.1, §8 cases 26 to 33).
/// </summary>
public sealed class SocketTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("sm-socket-").FullName;
    readonly CollectingLogger _log = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(AgentSocketMode.User, false, "600")]
    [InlineData(AgentSocketMode.Group, false, "660")]
    [InlineData(AgentSocketMode.All, false, "666")]
    [InlineData(AgentSocketMode.User, true, "644")]
    [InlineData(AgentSocketMode.Group, true, "664")]
    [InlineData(AgentSocketMode.All, true, "666")]
    public async Task The_mode_is_applied(AgentSocketMode mode, bool isReadableByAll, string expected)
    {
        var path = Path.Combine(_folder, "s");
        await using var agent = await StartAsync(
            new()
            {
                Path = path,
                Mode = mode,
                IsReadableByAll = isReadableByAll,
            }
        );
        Assert.Equal(expected, Convert.ToString((int)File.GetUnixFileMode(path), 8));
    }

    [Theory]
    [InlineData("", "", "600")]
    [InlineData("root", "nogroup", "600")]
    [InlineData("0", "", "600")]
    [InlineData("SELF", "nogroup", "600")]
    [InlineData("nobody", "", "660")]
    [InlineData("nobody", "SELF", "660")]
    [InlineData("65534", "nogroup", "666")]
    [InlineData("nobody", "65534", "666")]
    public async Task The_mode_follows_from_the_proxies_user(string user, string group, string expected)
    {
        var path = Path.Combine(_folder, "s");
        await using var agent = await StartAsync(
            new()
            {
                Path = path,
                ProxyUser = user == "SELF" ? Environment.UserName : user,
                ProxyGroup = group == "SELF" ? $"{NativeMethods.GetEffectiveGroup()}" : group,
            }
        );
        Assert.Equal(expected, Convert.ToString((int)File.GetUnixFileMode(path), 8));
    }

    [Fact]
    public async Task Owner_and_group_are_set()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root may give a socket away.");
        var path = Path.Combine(_folder, "s");
        await using var agent = await StartAsync(
            new()
            {
                Path = path,
                Owner = "nobody",
                Group = "65534",
            }
        );
        Assert.Equal("65534:65534", await RunAsync("stat", "-c", "%u:%g", path));
    }

    [Theory]
    [InlineData("no-such-user-here", "", "no-such-user-here")]
    [InlineData("", "no-such-group-here", "no-such-group-here")]
    public async Task An_unknown_owner_is_named(string owner, string group, string named)
    {
        var path = Path.Combine(_folder, "s");
        var error = await Assert.ThrowsAsync<ListenException>(() =>
            StartAsync(
                new()
                {
                    Path = path,
                    Owner = owner,
                    Group = group,
                }
            )
        );
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_missing_folder_is_made()
    {
        var path = Path.Combine(_folder, "a", "b", "s");
        await using var agent = await StartAsync(new() { Path = path });
        Assert.Equal("755", Convert.ToString((int)File.GetUnixFileMode(Path.GetDirectoryName(path)!), 8));
        Assert.Equal(400, await StatusAsync(path));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_a_clear_error()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "");
        var path = Path.Combine(_folder, "file", "s");
        var error = await Assert.ThrowsAsync<ListenException>(() => StartAsync(new() { Path = path }));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_a_clear_error()
    {
        var error = await Assert.ThrowsAsync<ListenException>(() =>
            StartAsync(new() { Path = Path.Combine(_folder, new string('x', 100)) })
        );
        Assert.Contains("longer than 107 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_socket_is_replaced()
    {
        var path = Path.Combine(_folder, "s");
        // A socket whose process died without removing its file.
        Assert.Equal(
            "",
            await RunAsync("/usr/bin/python3", "-c", $"import socket; socket.socket(socket.AF_UNIX).bind('{path}')")
        );
        Assert.True(File.Exists(path));
        await using var agent = await StartAsync(new() { Path = path });
        Assert.Equal(400, await StatusAsync(path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_not_a_socket_is_never_replaced(bool takeOver)
    {
        var path = Path.Combine(_folder, "important");
        await File.WriteAllTextAsync(path, "keep me");
        var error = await Assert.ThrowsAsync<ListenException>(() =>
            StartAsync(new() { Path = path, TakeOver = takeOver })
        );
        Assert.Contains("not a socket", error.Message, StringComparison.Ordinal);
        Assert.Equal("keep me", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_living_agents_socket_is_left_to_it()
    {
        var path = Path.Combine(_folder, "s");
        await using var first = await StartAsync(new() { Path = path });
        var error = await Assert.ThrowsAsync<ListenException>(() => StartAsync(new() { Path = path }));
        Assert.Contains($"Another agent listens on {path}", error.Message, StringComparison.Ordinal);
        Assert.Equal(400, await StatusAsync(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_stop_removes_the_socket()
    {
        var path = Path.Combine(_folder, "s");
        var agent = await StartAsync(new() { Path = path });
        await agent.StopAsync(default);
        await agent.DisposeAsync();
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_stop_lets_requests_under_way_end()
    {
        var path = Path.Combine(_folder, "s");
        var agent = await StartAsync(new() { Path = path });
        using var guest = await RawHttp.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await guest.SendAsync($"POST / HTTP/1.1\r\nHost: h\r\n{TestAgent.Guest}Content-Length: 3\r\n\r\na");
        await Task.Delay(200);
        var stopping = agent.StopAsync(default);
        await guest.SendAsync("bc");
        Assert.Equal(404, (await guest.ReadAnswerAsync()).Status);
        await stopping;
        await agent.DisposeAsync();
    }

    [Fact]
    public async Task Agents_hand_over_without_a_refused_connection()
    {
        var path = Path.Combine(_folder, "s");
        var current = await StartAsync(new() { Path = path });
        using var stop = new CancellationTokenSource();
        var guests = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    var answers = 0;
                    while (!stop.IsCancellationRequested)
                    {
                        Assert.Equal(400, await StatusAsync(path));
                        answers++;
                    }
                    return answers;
                })
            )
            .ToList();
        for (var i = 0; i < 10; i++)
        {
            var next = await StartAsync(new() { Path = path, TakeOver = true });
            await current.StopAsync(default);
            await current.DisposeAsync();
            current = next;
        }
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(guests), answers => Assert.NotEqual(0, answers));
        Assert.Equal(10, _log.Of(2005).Count);
        await current.DisposeAsync();
    }

    [Fact]
    public async Task The_backlog_is_really_applied()
    {
        var path = Path.Combine(_folder, "s");
        using var socket = SocketAccess.Open(new() { Path = path, Backlog = 300 }).Socket;
        // Nobody accepts: as many connections as the backlog has places are taken all the same.
        var waiting = new List<Socket>();
        for (var i = 0; i < 300; i++)
        {
            var guest = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            {
                Blocking = false,
            };
            guest.Connect(new UnixDomainSocketEndPoint(path));
            waiting.Add(guest);
        }
        waiting.ForEach(g => g.Dispose());
    }

    /// <summary>Of a real agent the option is set too late, or not at all (LP#2132348).</summary>
    [Fact]
    public async Task LP2132348_the_kernel_has_the_backlog_of_an_agent_that_answers()
    {
        var path = Path.Combine(_folder, "s");
        await using var agent = await StartAsync(new() { Path = path, Backlog = 300 });
        // Kind, state, Recv-Q, Send-Q: of a socket that listens, how many may wait. It has the name under which it was made, before it took
        // its place.
        var told = (await RunAsync("ss", "-Hxl")).Split('\n').Single(line => line.Contains($" {_folder}"));
        Assert.Equal("300", told.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]);
    }

    /// <summary>
    /// spec/neutron-metadata.md §3.1: what nobody removes must not stop an agent, and what another one has made meanwhile is not ours to
    /// remove.
    /// </summary>
    [Fact]
    public async Task A_socket_whose_folder_went_away_is_made_anew_by_the_next_agent()
    {
        var path = Path.Combine(_folder, "gone", "s");
        var first = await StartAsync(new() { Path = path });
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Assert.False(first.IsInPlace);
        await using var second = await StartAsync(new() { Path = path });
        await first.StopAsync(default);
        await first.DisposeAsync();
        Assert.Equal(400, await StatusAsync(path));
    }

    [Fact]
    public async Task A_client_whose_address_has_no_end_is_answered_and_so_are_others()
    {
        var path = Path.Combine(_folder, "s");
        await using var agent = await StartAsync(new() { Path = path });
        using (var client = RawHttp.On(await UnendedPath.ConnectAsync(path)))
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            Assert.Equal(400, (await client.ReadAnswerAsync()).Status);
        }
        Assert.Equal(400, await StatusAsync(path));
    }

    Task<AgentServer> StartAsync(AgentSocketOptions socket)
    {
        var options = new AgentOptions();
        var ports = new PortCache(new FakePortDirectory(), options.Ports, TimeProvider.System);
        return AgentServer.StartAsync(
            new AgentServerOptions { Socket = socket },
            new MetadataAgent(options, ports, new NoUpstream(), TimeProvider.System, _log),
            TimeProvider.System,
            _log,
            default
        );
    }

    /// <summary>The status of a request without identity: 400 from a living agent.</summary>
    static async Task<int> StatusAsync(string path) =>
        (
            await RawHttp.AskAsync(
                new UnixDomainSocketEndPoint(path),
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
            )
        ).Status;

    static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    sealed class NoUpstream : IMetadataUpstream
    {
        public ValueTask<UpstreamResult> ForwardAsync(Http.Request request, RequestIdentity identity, long arrived) =>
            new(new UpstreamResult(Refusal.MetadataApiFailed));
    }
}
