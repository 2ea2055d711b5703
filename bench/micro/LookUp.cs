using System.Net;
using BenchmarkDotNet.Attributes;
using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Inventory;

namespace Stackmeta.Bench.Micro;

/// <summary>The two questions of the path: kept answers, and the embedded inventory with 1,000 instances behind them.</summary>
[MemoryDiagnoser]
public class LookUp
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-bench-micro-").FullName;
    SqliteInventory _inventory = null!;
    PortCache _ports = null!;
    InstanceCache _instances = null!;
    PortKey _port;
    string _instanceId = "";

    [GlobalSetup]
    public async Task Fill()
    {
        _inventory = SqliteInventory.Open(Path.Combine(_folder, "inventory.db"), TimeProvider.System);
        var network = (await _inventory.Networks.CreateAsync(new NetworkEntry { Name = "n", ProjectId = "p" })).Value!;
        _ = await _inventory.Subnets.CreateAsync(new SubnetEntry { NetworkId = network.Id, Cidr = "10.10.0.0/16" });
        for (var i = 0; i < 1000; i++)
        {
            var instance = (
                await _inventory.Instances.CreateAsync(new InstanceEntry { Name = $"i{i}", ProjectId = "p" })
            ).Value!;
            var port = (
                await _inventory.Ports.CreateAsync(new PortEntry { NetworkId = network.Id, DeviceId = instance.Id })
            ).Value!;
            _ = GuestAddress.TryFrom(IPAddress.Parse(port.FixedIps!.Value[0].IpAddress), out var address);
            _port = new(new(NetworkScopeKind.Network, network.Id), address);
            _instanceId = instance.Id;
        }
        var options = new AnswerCacheOptions { Expiration = TimeSpan.FromHours(1) };
        _ports = new(_inventory, options, TimeProvider.System);
        _instances = new(_inventory, options, TimeProvider.System);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _inventory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public ValueTask<PortAnswer> KeptPort() => _ports.FindAsync(_port, CancellationToken.None);

    [Benchmark]
    public ValueTask<InstanceAnswer> KeptInstance() => _instances.FindAsync(_instanceId, CancellationToken.None);

    [Benchmark]
    public ValueTask<PortAnswer> StoredPort() =>
        _inventory.FindPortAsync(_port.Scope, _port.Address, CancellationToken.None);

    [Benchmark]
    public ValueTask<InstanceAnswer> StoredInstance() =>
        _inventory.FindInstanceAsync(_instanceId, CancellationToken.None);
}
