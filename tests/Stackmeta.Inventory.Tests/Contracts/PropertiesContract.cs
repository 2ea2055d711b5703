using System.Net;
using CsCheck;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory.Tests;

/// <summary>Whatever is done to the inventory, in whatever order, its invariants hold.</summary>
public abstract class PropertiesContract<TStore>
    where TStore : ITestStore, new()
{
    /// <summary>What is done, with numbers that choose among what is there.</summary>
    static readonly Gen<(int Operation, int A, int B, bool Flag)[]> Operations = Gen.Select(
        Gen.Int[0, 11],
        Gen.Int[0, 5],
        Gen.Int[0, 5],
        Gen.Bool
    ).Array[1, 40];

    /// <summary>How many cases are tried.</summary>
    protected virtual int Cases => 60;

    [Fact]
    public async Task Invariants_hold_after_any_operations() =>
        await Operations.SampleAsync(
            async operations =>
            {
                using var store = new TStore();
                foreach (var (operation, a, b, flag) in operations)
                {
                    await DoAsync(store.Inventory, operation, a, b, flag);
                }
                await CheckInvariants(store);
                await CheckRoundTrip(store);
            },
            iter: Cases,
            threads: 1
        );

    static async Task DoAsync(IInventory inventory, int operation, int a, int b, bool flag)
    {
        switch (operation)
        {
            case 0:
                await inventory.Networks.CreateAsync(new NetworkEntry { Name = $"n{a % 3}", ProjectId = $"p{b % 2}" });
                break;
            case 1 or 2:
                await inventory.Subnets.CreateAsync(
                    new SubnetEntry(flag)
                    {
                        Name = $"s{a}",
                        NetworkId = await PickAsync(inventory.Networks, b, network => network.Id),
                        Cidr = a < 4 ? $"10.{a}.0.0/30" : $"2001:db8:{a}::/64",
                        GatewayIp = flag ? SubnetEntry.AutomaticGateway : null,
                        Ipv6AddressMode = a == 4 ? "slaac" : null,
                    }
                );
                break;
            case 3 or 4:
                await inventory.Instances.CreateAsync(
                    new InstanceEntry
                    {
                        Name = $"i{a}",
                        ProjectId = $"p{b % 2}",
                        ImageRef = flag ? $"image-{b}" : null,
                    }
                );
                break;
            case 5:
                await inventory.Routers.CreateAsync(new RouterEntry { Name = $"r{a}" });
                break;
            case 6 or 7:
                await inventory.Ports.CreateAsync(
                    new PortEntry
                    {
                        NetworkId = await PickAsync(inventory.Networks, a, network => network.Id),
                        DeviceId = flag
                            ? await PickAsync(inventory.Instances, b, instance => instance.Id)
                            : await PickAsync(inventory.Routers, b, router => router.Id),
                        ProjectId = b > 3 ? $"p{a % 2}" : "",
                        MacAddress = b == 0 ? $"fa:16:3e:00:00:0{a}" : "",
                        FixedIps = b is 1 or 2 ? [new FixedIpEntry { IpAddress = $"10.{a}.0.{3 - b}" }] : null,
                    }
                );
                break;
            case 8:
                await inventory.Subnets.ChangeAsync(
                    await PickAsync(inventory.Subnets, a, subnet => subnet.Id),
                    subnet => subnet with { EnableDhcp = flag, GatewayIp = b == 2 ? $"10.{a}.0.2" : null }
                );
                break;
            case 9:
                await inventory.Ports.ChangeAsync(
                    await PickAsync(inventory.Ports, a, port => port.Id),
                    port => port with { DeviceId = flag ? $"i{b}" : "", FixedIps = b == 2 ? null : port.FixedIps }
                );
                break;
            case 10:
                await inventory.Ports.DeleteAsync(await PickAsync(inventory.Ports, a, port => port.Id));
                await inventory.Subnets.DeleteAsync(await PickAsync(inventory.Subnets, b, subnet => subnet.Id));
                break;
            default:
                await inventory.Instances.DeleteAsync(await PickAsync(inventory.Instances, a, i => i.Id));
                await inventory.Networks.DeleteAsync(await PickAsync(inventory.Networks, b, network => network.Id));
                break;
        }
    }

    static async Task CheckInvariants(ITestStore store)
    {
        var instances = (await store.Inventory.Instances.ListAsync().ToListAsync()).ToDictionary(i => i.Id);
        foreach (var layout in await store.Inventory.ReadLayoutsAsync())
        {
            var ports = layout.Ports.Select(entry => entry.Port).ToList();
            var addresses = ports.SelectMany(port => port.FixedIps!.Value).ToList();
            Assert.Distinct(ports.Select(port => port.MacAddress));
            Assert.Distinct(addresses.Select(ip => ip.IpAddress));
            Assert.All(
                addresses,
                ip =>
                {
                    var subnet = Assert.Single(layout.Subnets, subnet => subnet.Id == ip.SubnetId);
                    Assert.True(IPNetwork.Parse(subnet.Cidr).Contains(IPAddress.Parse(ip.IpAddress)));
                }
            );
            Assert.All(
                ports.Where(port => instances.ContainsKey(port.DeviceId)),
                port => Assert.Equal(instances[port.DeviceId].ProjectId, port.ProjectId)
            );
            Assert.InRange(ports.Count(port => port.DeviceOwner == DeviceOwners.Dhcp), 0, 1);
            Assert.Equal(
                layout.Subnets.Where(subnet => subnet.EnableDhcp).Select(subnet => subnet.Id).Order(),
                (layout.DhcpPort?.FixedIps ?? []).Select(ip => ip.SubnetId).Order()
            );
            Assert.All(layout.Subnets, subnet => Assert.True(ProvidedAddresses.IsProvided(subnet)));
            Assert.All(
                ports,
                port =>
                    Assert.All(
                        port.FixedIps!.Value,
                        ip => Assert.True(ProvidedAddresses.IsProvided(port, ip, layout.Subnets))
                    )
            );
            foreach (var (port, ip) in ports.SelectMany(port => port.FixedIps!.Value.Select(ip => (port, ip))))
            {
                Assert.True(GuestAddress.TryFrom(IPAddress.Parse(ip.IpAddress), out var address));
                var scope = new NetworkScope(NetworkScopeKind.Network, layout.Network.Id);
                var answer = await store.Ports.FindPortAsync(scope, address, default);
                Assert.Equal(port.DeviceId.Length == 0 ? null : port.Id, answer.Port?.Id);
            }
        }
        foreach (var instance in instances.Values)
        {
            var record = (await store.Instances.FindInstanceAsync(instance.Id, default)).Instance!;
            var ports = (await store.Inventory.Ports.ListAsync().ToListAsync()).Where(p => p.DeviceId == instance.Id);
            Assert.Equal(ports.Select(port => port.Id), record.NetworkInterfaces.Select(found => found.Id));
        }
    }

    static async Task CheckRoundTrip(ITestStore store)
    {
        using var other = new TStore();
        var exported = await store.Inventory.ExportedAsync();
        Assert.Empty(await other.Inventory.ImportTextAsync(exported));
        Assert.Equal(exported, await other.Inventory.ExportedAsync());
    }

    static async Task<string> PickAsync<T>(IEntries<T> entries, int number, Func<T, string> id)
        where T : class
    {
        var all = await entries.ListAsync().ToListAsync();
        return all.Count == 0 ? "none" : id(all[number % all.Count]);
    }
}

public sealed class SqliteProperties : PropertiesContract<SqliteTestStore>;

public sealed class PostgresProperties : PropertiesContract<PostgresTestStore>
{
    // The rules are the same code on both stores; what differs is how long a database takes to be made.
    protected override int Cases => 15;
}
