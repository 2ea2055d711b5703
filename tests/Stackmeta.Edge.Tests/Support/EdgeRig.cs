using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Stackmeta.Edge.Tests;

/// <summary>A provisioner with a run directory of its own, and what a look at the machine tells about it.</summary>
sealed class EdgeRig : IAsyncDisposable
{
    readonly List<GuestNamespace> _guests = [];

    EdgeRig(AgentSocket agent, string directory)
    {
        Agent = agent;
        Options = new() { RunDirectory = directory, MetadataProxySocket = agent.Path };
        Provisioner = Open();
    }

    public AgentSocket Agent { get; }

    public EdgeOptions Options { get; }

    public NetworkProvisioner Provisioner { get; set; }

    public ConcurrentQueue<EdgeNetworkStatus> Announced { get; } = new();

    public static async Task<EdgeRig> StartAsync()
    {
        Machine.RequireRoot();
        return new(await AgentSocket.StartAsync(), $"/tmp/stackmeta-edge-{Guid.NewGuid():N}");
    }

    /// <summary>Another provisioner of the same run directory.</summary>
    public NetworkProvisioner Open()
    {
        var provisioner = new NetworkProvisioner(Options, TimeProvider.System, NullLogger<NetworkProvisioner>.Instance);
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

    /// <summary>The one process of that program that reads this edge's files.</summary>
    public int FindProcess(string program) => Assert.Single(ProcessTable.FindLeftOver([program], Options.RunDirectory));

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
                .FindLeftOver(["dnsmasq", "haproxy"], Options.RunDirectory)
                .Select(process => $"process {process}"),
            .. Directory.Exists(Options.RunDirectory)
                ? Directory.EnumerateFiles(Options.RunDirectory, "*", SearchOption.AllDirectories)
                : [],
        ];
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
        await Agent.DisposeAsync();
    }
}
