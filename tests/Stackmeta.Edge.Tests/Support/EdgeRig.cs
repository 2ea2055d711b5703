using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Stackmeta.Edge.Tests;

/// <summary>What answers in the namespaces.</summary>
public enum Proxy
{
    Haproxy,
    Listeners,
}

/// <summary>A provisioner with a run directory of its own, and what a look at the machine tells about it.</summary>
sealed class EdgeRig : IAsyncDisposable
{
    readonly List<GuestNamespace> _guests = [];
    readonly AgentForwarder _forwarder;

    EdgeRig(AgentSocket agent, AgentForwarder forwarder, EdgeServer? server, PacketFilter filter)
    {
        Agent = agent;
        _forwarder = forwarder;
        Server = server;
        Options = new()
        {
            RunDirectory = $"/tmp/stackmeta-edge-{Guid.NewGuid():N}",
            MetadataProxySocket = agent.Path,
            PacketFilter = filter,
        };
        Provisioner = Open();
    }

    public AgentSocket Agent { get; }

    /// <summary>Null where each network has a haproxy.</summary>
    public EdgeServer? Server { get; }

    public EdgeOptions Options { get; }

    public NetworkProvisioner Provisioner { get; set; }

    public ConcurrentQueue<EdgeNetworkStatus> Announced { get; } = new();

    public static async Task<EdgeRig> StartAsync(
        Proxy proxy = Proxy.Haproxy,
        EdgeServerOptions? options = null,
        PacketFilter filter = PacketFilter.Auto
    )
    {
        Machine.RequireRoot();
        var agent = await AgentSocket.StartAsync();
        var forwarder = new AgentForwarder(agent.Path, TimeProvider.System, NullLogger<AgentForwarder>.Instance);
        var server =
            proxy == Proxy.Haproxy
                ? null
                : await EdgeServer.StartAsync(
                    options ?? new(),
                    new DirectSockets(),
                    forwarder,
                    clientOf: null,
                    TimeProvider.System,
                    NullLoggerFactory.Instance,
                    TestContext.Current.CancellationToken
                );
        return new(agent, forwarder, server, filter);
    }

    /// <summary>Another provisioner of the same run directory.</summary>
    public NetworkProvisioner Open() => Open(Options);

    /// <summary>The same with other options.</summary>
    public NetworkProvisioner Open(EdgeOptions options)
    {
        var provisioner = new NetworkProvisioner(
            options,
            TimeProvider.System,
            NullLogger<NetworkProvisioner>.Instance,
            Server?.Listeners
        );
        provisioner.StatusChanged += (_, change) => Announced.Enqueue(change.Status);
        return provisioner;
    }

    public async Task ApplyAsync(params EdgeNetwork[] networks)
    {
        foreach (var status in await Provisioner.ApplyAsync(networks, TestContext.Current.CancellationToken))
        {
            Assert.Equal((EdgeNetworkHealth.Serving, null), (status.Health, status.Reason));
        }
    }

    public async Task<GuestNamespace> AttachAsync(EdgeNetwork network, EdgeHost host)
    {
        var guest = await GuestNamespace.CreateAsync(
            network.Id,
            host.PortId,
            host.Mac,
            network.Mtu,
            TestContext.Current.CancellationToken
        );
        _guests.Add(guest);
        return guest;
    }

    /// <summary>A network with one guest that has its lease.</summary>
    /// <param name="others">Networks that are there too.</param>
    public async Task<(EdgeNetwork Network, GuestNamespace Guest)> AttachOneAsync(params EdgeNetwork[] others)
    {
        var network = Networks.Isolated(Networks.Host(1, "10.0.0.70"));
        await ApplyAsync([network, .. others]);
        var guest = await AttachAsync(network, network.Hosts[0]);
        await guest.AcquireLeaseAsync(TestContext.Current.CancellationToken);
        return (network, guest);
    }

    /// <summary>The one process of that program that reads this edge's files.</summary>
    public int FindProcess(string program) => Assert.Single(ProcessTable.FindLeftOver([program], Options.RunDirectory));

    /// <summary>All processes of that program that read this edge's files, by number.</summary>
    public IReadOnlyList<int> FindProcesses(string program) =>
        [.. ProcessTable.FindLeftOver([program], Options.RunDirectory).Order()];

    /// <summary>Everything of this network that the machine has: namespaces, links, processes, files.</summary>
    public async Task<IReadOnlyList<string>> FindTracesAsync(EdgeNetwork network)
    {
        var links = await Command.Ip(null, "-o", "link").RunAsync(TestContext.Current.CancellationToken);
        string[] names = [DeviceNames.Bridge(network.Id), DeviceNames.BridgeEnd(network.DhcpPort.Id)];
        return
        [
            .. names.Where(name => links.Contains(name, StringComparison.Ordinal)),
            .. Directory
                .EnumerateFiles(NetworkNamespace.Directory)
                .Where(path => path.Contains(network.Id.ToString(), StringComparison.Ordinal)),
            .. ProcessTable
                .FindLeftOver(["dnsmasq", "haproxy", "radvd"], Options.RunDirectory)
                .Select(process => $"process {process}"),
            .. Directory.Exists(Options.RunDirectory)
                ? Directory.EnumerateFiles(Options.RunDirectory, "*", SearchOption.AllDirectories)
                : [],
        ];
    }

    /// <summary>Asks from a guest; anything but an answer fails the test.</summary>
    public static async Task<string> CurlAsync(GuestNamespace guest, string url, params string[] arguments)
    {
        var result = await guest.RunAsync(
            "curl",
            ["-sS", "--max-time", "10", .. arguments, url],
            TestContext.Current.CancellationToken
        );
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }

    public static async Task EventuallyAsync(Func<bool> condition, string what)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            if (condition())
            {
                return;
            }
            await Task.Delay(10);
        }
        Assert.Fail($"Did not happen within 10 s: {what}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var guest in _guests)
        {
            await guest.DisposeAsync();
        }
        await Provisioner.StopAsync(CancellationToken.None);
        await Provisioner.DisposeAsync();
        await (Server?.DisposeAsync() ?? default);
        _forwarder.Dispose();
        await Agent.DisposeAsync();
    }
}
