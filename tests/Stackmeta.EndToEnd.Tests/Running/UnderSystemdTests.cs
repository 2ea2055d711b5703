using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>Hops as services: what systemd is told, reload, restart (sd_notify(3), systemd.service(5)).</summary>
public sealed class UnderSystemdTests
{
    [Fact]
    public async Task Systemd_is_told_of_the_start_of_life_and_of_the_stop()
    {
        await using var api = await PlayedService.StartAsync("api", watchdog: TimeSpan.FromSeconds(1));
        await api.EventuallyAsync(() => api.Count("WATCHDOG=1") > 1, "it says that it lives");
        await api.EventuallyAsync(() => api.Count("STATUS=Ready") > 0, "it says that it is ready to answer");
        Assert.Equal(0, await api.StopAsync());
        Assert.Equal(1, api.Count("STOPPING=1"));
        Assert.Equal(1, api.Count("READY=1"));
    }

    [Fact]
    public async Task A_service_that_cannot_answer_says_why_and_one_that_lives_is_not_ended_for_it()
    {
        using var api = new TcpListener(IPAddress.Loopback, 0);
        api.Start();
        await using var agent = await PlayedService.StartAsync(
            "agent",
            watchdog: TimeSpan.FromSeconds(1),
            api: $"http://{api.LocalEndpoint}"
        );
        // A new start would not mend that.
        api.Stop();
        await agent.EventuallyAsync(
            () =>
                agent.Systemd.Told.Any(line =>
                    line.StartsWith("STATUS=Not ready: upstream: ", StringComparison.Ordinal)
                ),
            "it says what it lacks"
        );
        var before = agent.Count("WATCHDOG=1");
        await agent.EventuallyAsync(() => agent.Count("WATCHDOG=1") > before, "it says that it lives");
    }

    [Fact]
    public async Task A_start_that_waits_asks_systemd_for_time_and_says_for_what()
    {
        // Takes the port, and does not listen yet.
        using var api = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        api.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var agent = PlayedService.Begin("agent", $"http://{api.LocalEndPoint}");
        await agent.EventuallyAsync(
            () =>
                agent.Systemd.Told.Any(line =>
                    line.StartsWith("STATUS=Not ready: upstream: ", StringComparison.Ordinal)
                ),
            "it says what it waits for"
        );
        Assert.Contains(agent.Systemd.Told, line => line.StartsWith("EXTEND_TIMEOUT_USEC=", StringComparison.Ordinal));
        Assert.Equal(0, agent.Count("READY=1"));
        api.Listen();
        await agent.EventuallyAsync(() => agent.Count("READY=1") == 1, "it is ready");
    }

    [Fact]
    public async Task New_settings_hold_from_a_reload_on()
    {
        await using var api = await PlayedService.StartAsync("api");
        var instance = await api.CreateInstanceAsync();
        Assert.Equal("guest.novalocal", await api.AskAsync(instance, "/latest/meta-data/hostname"));
        await api.ReloadAsync("""{ "dhcp_domain": "example.org" }""");
        Assert.Equal("guest.example.org", await api.AskAsync(instance, "/latest/meta-data/hostname"));
        Assert.Equal(1, api.Count("RELOADING=1"));
        Assert.Contains(api.Systemd.Told, line => line.StartsWith("MONOTONIC_USEC=", StringComparison.Ordinal));
        // What the program writes and what it tells systemd come by different ways.
        await api.EventuallyAsync(
            () => api.Log.Contains("dhcp_domain is 'example.org' from now on.", StringComparison.Ordinal),
            "it says which setting has changed"
        );
    }

    [Fact]
    public async Task What_waits_for_a_restart_is_said_once()
    {
        await using var api = await PlayedService.StartAsync("api");
        await api.ReloadAsync("""{ "api": { "cache_seconds": 3 } }""");
        await api.ReloadAsync("""{ "api": { "cache_seconds": 3 } }""");
        var told = api
            .Log.Split('\n')
            .Where(line => line.Contains("api.cache_seconds was changed", StringComparison.Ordinal));
        Assert.Contains("next start", Assert.Single(told), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"dhcp_domain\": ", "This is not JSON")]
    [InlineData("""{ "dhcp_domian": "example.org" }""", "There is no setting 'dhcp_domian'")]
    [InlineData("""{ "dhcp_domain": "example.org", "shared_secret_file": "/nowhere" }""", "/nowhere")]
    public async Task Bad_settings_leave_those_that_hold_in_force_and_are_named(string settings, string said)
    {
        await using var api = await PlayedService.StartAsync("api");
        var instance = await api.CreateInstanceAsync();
        await api.ReloadAsync(settings);
        Assert.Equal("guest.novalocal", await api.AskAsync(instance, "/latest/meta-data/hostname"));
        Assert.Contains(
            api.Log.Split('\n'),
            line =>
                line.Contains("those that held go on", StringComparison.Ordinal)
                && line.Contains(said, StringComparison.Ordinal)
        );
        // And right ones are taken after that.
        await api.ReloadAsync("""{ "dhcp_domain": "example.org" }""");
        Assert.Equal("guest.example.org", await api.AskAsync(instance, "/latest/meta-data/hostname"));
    }

    /// <summary>Who connects between the stop and the start waits in the kernel: systemd has the listening socket.</summary>
    [Theory]
    [InlineData("api", "HTTP/1.1 200 OK")]
    [InlineData("agent", "HTTP/1.1 400 Bad Request")]
    public async Task No_request_is_lost_over_reloads_and_restarts(string hop, string expected)
    {
        const int Askers = 4;
        await using var service = await PlayedService.StartAsync(hop);
        Assert.Single(service.Systemd.Stored);
        // What this request gets is the same each time, whatever it is.
        var answers = new ConcurrentDictionary<string, int>();
        using var stop = new CancellationTokenSource();
        var asking = Enumerable
            .Range(0, Askers)
            .Select(_ =>
                Task.Run(
                    async () =>
                    {
                        while (!stop.IsCancellationRequested)
                        {
                            answers.AddOrUpdate(
                                await service.TryOnceAsync(toAgent: hop == "agent"),
                                1,
                                static (_, count) => count + 1
                            );
                        }
                    },
                    CancellationToken.None
                )
            )
            .ToList();
        for (var round = 0; round < 3; round++)
        {
            var before = answers.Values.Sum();
            await service.ReloadAsync($$"""{ "dhcp_domain": "round-{{round}}" }""");
            await service.RestartAsync();
            await service.EventuallyAsync(() => answers.Values.Sum() > before + 500, "requests are answered");
        }
        await stop.CancelAsync();
        await Task.WhenAll(asking);
        Assert.Equal([expected], answers.Keys);
        Assert.Single(service.Systemd.Stored);
    }

    /// <summary>Nobody would accept there any more.</summary>
    [Fact]
    public async Task A_socket_whose_address_is_no_longer_listened_on_is_not_kept()
    {
        await using var agent = await PlayedService.StartAsync("agent");
        var before = Assert.Single(agent.Systemd.Stored);
        File.Delete(agent.AgentSocket);
        await agent.RestartAsync();
        Assert.True(File.Exists(agent.AgentSocket));
        await agent.EventuallyAsync(() => agent.Systemd.Stored.Count == 1, "the old one is given up");
        Assert.NotEqual(before, Assert.Single(agent.Systemd.Stored));
    }
}
