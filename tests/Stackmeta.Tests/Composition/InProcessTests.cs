using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Inventory;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>The agent before the API of its own process, and before the same API behind HTTP: guests must not see which.</summary>
public sealed class InProcessTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-in-process-").FullName;
    RunningPath _together = null!;
    RunningPath _apart = null!;
    string _guest = "";
    string _orphan = "";

    public async ValueTask InitializeAsync()
    {
        var port = FreePort();
        _together = await StartAsync(Hops.Api | Hops.Agent, "together", $"api.listen=127.0.0.1:{port}");
        _apart = await StartAsync(Hops.Agent, "apart", $"agent.api=http://127.0.0.1:{port}");
        var inventory = _together.Inventory;
        var demo = await DemoInventory.CreateAsync(inventory, default);
        var alpha = await inventory.Ports.FindAsync(demo.Guests[0].PortId.ToString(), default);
        _guest = Identity(demo.NetworkId, alpha.Value!);
        var orphan = await inventory.Ports.CreateAsync(
            new PortEntry { NetworkId = demo.NetworkId.ToString(), DeviceId = Guid.NewGuid().ToString() },
            default
        );
        _orphan = Identity(demo.NetworkId, orphan.Value!);
    }

    public async ValueTask DisposeAsync()
    {
        await _apart.DisposeAsync();
        await _together.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/latest/meta-data/")]
    [InlineData("GET", "/latest/meta-data/instance-id")]
    [InlineData("HEAD", "/latest/meta-data/instance-id")]
    [InlineData("PUT", "/latest/meta-data/instance-id")]
    [InlineData("OPTIONS", "/latest/meta-data/instance-id")]
    [InlineData("OPTIONS", "/no-such")]
    [InlineData("GET", "/openstack/latest/user_data")]
    [InlineData("GET", "/openstack/latest/network_data.json")]
    [InlineData("GET", "/openstack/latest/vendor_data2.json")]
    [InlineData("GET", "/openstack/latest/password")]
    [InlineData("DELETE", "/openstack/latest/password")]
    [InlineData("GET", "/openstack/no-such")]
    [InlineData("GET", "//openstack/./latest/../latest/user_data?x=1")]
    [InlineData("GET", "/%zz")]
    [InlineData("GET", "/healthcheck")]
    [InlineData("HEAD", "/healthcheck")]
    public async Task The_same_answers_come_from_within_the_process_and_from_without(string method, string target)
    {
        foreach (var who in (string[])[_guest, _orphan, _guest.Replace("10.0.0.", "10.9.9.")])
        {
            foreach (var accept in (string[])["", "Accept: application/json\r\n", "Accept: text/html\r\n"])
            {
                var request =
                    $"{method} {target} HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n{accept}{who}\r\n";
                Assert.Equal(await AskAsync("apart", request), await AskAsync("together", request));
            }
        }
    }

    [Fact]
    public async Task A_password_is_stored_from_within_the_process()
    {
        string Post(string body) =>
            $"POST /openstack/latest/password HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{_guest}\r\n{body}";

        Assert.StartsWith("400", await AskAsync("together", Post(new string('x', 1021))));
        Assert.StartsWith("400", await AskAsync("together", Post(new string('x', 100_000))));
        Assert.StartsWith("200", await AskAsync("together", Post("hunter2")));
        Assert.StartsWith("409", await AskAsync("together", Post("again")));
        var read = $"GET /openstack/latest/password HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{_guest}\r\n";
        Assert.EndsWith("\nhunter2", await AskAsync("together", read));
    }

    [Fact]
    public async Task The_agent_alone_answers_in_process_and_no_port_is_opened()
    {
        var port = FreePort();
        await using var alone = await StartAsync(
            Hops.Agent,
            "alone",
            "agent.api=in-process",
            $"api.listen=127.0.0.1:{port}"
        );
        var answer = await AskAsync(
            "alone",
            $"GET /openstack HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{_guest}\r\n"
        );
        Assert.StartsWith("200", answer);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, port));
    }

    /// <summary>All that a guest can see of an answer, but the date.</summary>
    async Task<string> AskAsync(string path, string request)
    {
        var answer = await RawHttp.AskAsync(new UnixDomainSocketEndPoint(SocketOf(path)), request);
        var headers = answer
            .Headers.Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {header.Value}");
        return $"{answer.Status}\n{string.Join('\n', headers.Order())}\n\n{answer.Text}";
    }

    Task<RunningPath> StartAsync(Hops hops, string name, params string[] assignments)
    {
        var settings = SettingsReader.Read(
            null,
            new System.Collections.Hashtable { ["STACKMETA_CONFIG"] = NoSettings() },
            [$"data={_folder}", $"agent.socket={SocketOf(name)}", .. assignments]
        );
        return RunningPath.StartAsync(
            settings,
            DataFolder.Of(settings),
            hops,
            NetworkSource.Inventory,
            new(TimeProvider.System, NullLoggerFactory.Instance.CreateLogger<Supervisor>()),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken
        );
    }

    string SocketOf(string name) => Path.Combine(_folder, name);

    // A file of this machine must not change what is tested.
    string NoSettings()
    {
        var file = Path.Combine(_folder, "settings.json");
        File.WriteAllText(file, "{}");
        return file;
    }

    static string Identity(Guid network, PortEntry port) =>
        $"X-Neutron-Network-ID: {network}\r\nX-Forwarded-For: {port.FixedIps!.Value[0].IpAddress}\r\n";

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
