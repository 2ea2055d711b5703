using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>What breaks while the program runs or starts: a clear error each time, and the service goes on or comes back.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    readonly string _folder = RunningProgram.MakeFolder();
    RunningProgram? _program;
    SqliteInventory? _inventory;
    Guest? _guest;
    string _network = "";

    public ValueTask InitializeAsync()
    {
        Requirements.Check();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_guest is not null)
        {
            await _guest.DisposeAsync();
        }
        _inventory?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the program with one network and one guest that has its lease.</summary>
    async Task<Guest> StartAsync(params string[] options)
    {
        _program = await RunningProgram.StartAsync(_folder, null, options);
        _inventory = _program.OpenInventory();
        _network = (await TwoNetworks.CreateNetworkAsync(_inventory, "faults")).Id;
        await TwoNetworks.WaitForNetworkAsync(_network);
        _guest = await Guest.CreateAsync(
            _inventory,
            _network,
            new InstanceEntry { Name = "guest", ProjectId = "project-1" }
        );
        await _guest.AcquireLeaseAsync();
        Assert.Equal(_guest.Instance.Id, await _guest.UuidAsync());
        return _guest;
    }

    static Task<Shell.Result> UpAsync(string folder, int port, params string[] more) =>
        Shell.TryAsync(Checkout.Program, ["up", .. RunningProgram.OptionsOf(folder, port), .. more]);

    /// <summary>Asks until it is answered, as a guest does that retries.</summary>
    static async Task AnsweredAgainAsync(Guest guest)
    {
        for (var tries = 0; ; tries++)
        {
            var result = await guest.RunAsync(
                "curl",
                "-sS",
                "--fail",
                "--max-time",
                "5",
                "http://169.254.169.254/openstack/latest/meta_data.json"
            );
            if (result.Code == 0)
            {
                Assert.Contains(guest.Instance.Id, result.Output);
                return;
            }
            Assert.True(tries < 60, result.Error);
            await Task.Delay(250);
        }
    }

    [Theory]
    [InlineData("tcp", "haproxy")]
    [InlineData("udp", "dnsmasq")]
    public async Task A_killed_haproxy_or_dnsmasq_comes_back(string protocol, string program)
    {
        var guest = await StartAsync("--set", "edge.proxy=haproxy");
        var before = await ProcessAsync();
        using (var kill = Process.Start("kill", ["-KILL", before]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        for (var tries = 0; await ProcessAsync() is var now && (now == before || now.Length == 0); tries++)
        {
            Assert.True(tries < 100, $"{program} does not come back.");
            await Task.Delay(100);
        }
        await AnsweredAgainAsync(guest);
        await guest.AcquireLeaseAsync();

        async Task<string> ProcessAsync()
        {
            var sockets = await Shell.RunAsync(
                "ip",
                "netns",
                "exec",
                $"qdhcp-{_network}",
                "ss",
                protocol == "tcp" ? "-Hltnp" : "-Hlunp"
            );
            return Find(sockets, $"\"{program}\",pid=([0-9]+)");
        }
    }

    [Fact]
    public async Task A_kill_leaves_nothing_that_the_next_start_does_not_take_over()
    {
        var guest = await StartAsync();
        await _program!.KillAsync();
        await _program.DisposeAsync();
        _program = await RunningProgram.StartAsync(_folder, _program.ApiPort);
        await TwoNetworks.WaitForNetworkAsync(_network);
        await AnsweredAgainAsync(guest);
    }

    [Fact]
    public async Task A_stop_leaves_nothing()
    {
        await StartAsync();
        await _guest!.DisposeAsync();
        _guest = null;
        Assert.Equal(0, await _program!.StopAsync());
        Assert.DoesNotContain(_network, await Shell.RunAsync("ip", "netns"));
        Assert.DoesNotContain($"brq{_network[..11]}", await Shell.RunAsync("ip", "-o", "link"));
        var processes = await Shell.TryAsync("pgrep", ["-f", _folder]);
        Assert.Equal("", processes.Output);
        Assert.False(File.Exists(Path.Combine(_folder, "metadata_proxy")));
    }

    [Fact]
    public async Task A_posted_password_survives_a_restart()
    {
        var guest = await StartAsync();
        var posted = await guest.SendAsync([
            "POST /openstack/latest/password HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\ns3cret",
        ]);
        Assert.Equal(200, posted[0].Status);
        await _program!.StopAsync();
        await _program.DisposeAsync();
        _program = await RunningProgram.StartAsync(_folder, _program.ApiPort);
        await TwoNetworks.WaitForNetworkAsync(_network);
        // Its interface went with the bridge's; a guest's link comes back with the network.
        await _guest!.DisposeAsync();
        var stored = await _inventory!.Instances.FindAsync(guest.Instance.Id);
        Assert.Equal("s3cret", stored.Value!.Password);
        var told = await Shell.TryAsync(
            Checkout.Program,
            ["get", guest.Instance.Id, "/openstack/latest/password", .. _program.Options]
        );
        Assert.Equal("s3cret", told.Output);
    }

    [Fact]
    public async Task While_the_store_is_locked_by_another_writer_guests_are_answered()
    {
        var guest = await StartAsync();
        await using var lockers = new SqliteConnection(
            $"Data Source={Path.Combine(_folder, "inventory.db")};Pooling=False"
        );
        await lockers.OpenAsync(TestContext.Current.CancellationToken);
        await using (var begin = lockers.CreateCommand())
        {
            begin.CommandText = "BEGIN IMMEDIATE";
            await begin.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());
    }

    [Fact]
    public async Task A_corrupt_store_stops_the_start_and_is_named()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "inventory.db"),
            new string('x', 8192),
            TestContext.Current.CancellationToken
        );
        var result = await UpAsync(_folder, RunningProgram.FreePort());
        Assert.Equal(ExitCodes.Failed, result.Code);
        Assert.Contains("inventory.db", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public async Task A_second_program_on_the_API_port_stops_the_start_and_is_named()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var result = await UpAsync(_folder, port);
        Assert.Equal(ExitCodes.Failed, result.Code);
        Assert.Contains($"127.0.0.1:{port}", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public async Task A_second_program_on_the_same_data_stops_at_the_start()
    {
        var guest = await StartAsync();
        var result = await UpAsync(_folder, RunningProgram.FreePort());
        Assert.Equal(ExitCodes.Failed, result.Code);
        Assert.DoesNotContain("   at ", result.Error);
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());
    }

    [Fact]
    public async Task Without_root_the_start_says_what_is_missing()
    {
        var folder = RunningProgram.MakeFolder();
        await Shell.RunAsync("chown", "65534", folder);
        var result = await Shell.TryAsync(
            "setpriv",
            [
                "--reuid",
                "65534",
                "--regid",
                "65534",
                "--clear-groups",
                Checkout.Program,
                "up",
                .. RunningProgram.OptionsOf(folder, RunningProgram.FreePort()),
            ]
        );
        Directory.Delete(folder, recursive: true);
        Assert.Equal(ExitCodes.Failed, result.Code);
        Assert.Contains("root", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public async Task A_wrong_signature_of_another_agent_is_refused_and_never_told()
    {
        await StartAsync();
        var told = await Shell.RunAsync(
            "curl",
            "-sS",
            "-w",
            "%{http_code}",
            "-H",
            $"X-Instance-ID: {_guest!.Instance.Id}",
            "-H",
            "X-Tenant-ID: project-1",
            "-H",
            "X-Instance-ID-Signature: 00",
            $"http://127.0.0.1:{_program!.ApiPort}/openstack"
        );
        Assert.EndsWith("403", told);
        var right = (await Shell.RunAsync(Checkout.Program, ["sign", _guest.Instance.Id, .. _program.Options])).Trim();
        Assert.Equal(64, right.Length);
        Assert.DoesNotContain(right, _program.Said + told);
    }

    [Fact]
    public async Task The_demo_shows_both_guests_and_removes_everything()
    {
        // It needs no port, so one that another program has is no hindrance.
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            other.Bind(new IPEndPoint(IPAddress.Loopback, 8775));
            other.Listen();
        }
        catch (SocketException)
        {
            // Some other program has it, which is as well.
        }
        var result = await Shell.TryAsync(Checkout.Program, ["up", "--demo", "--once"]);
        Assert.True(result.Code == 0, result.Output + result.Error);
        Assert.Contains("169.254.169.254 via 10.0.0.66", result.Output);
        Assert.Contains("alpha.novalocal", result.Output);
        Assert.Contains("beta.novalocal", result.Output);
        var network = Find(result.Output, "qdhcp-([0-9a-f-]{36})");
        Assert.DoesNotContain(network, await Shell.RunAsync("ip", "netns"));
    }

    /// <summary>Non-backtracking: what is searched comes from other programs.</summary>
    static string Find(string text, string pattern) =>
        Regex.Match(text, pattern, RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout).Groups[1].Value;
}
