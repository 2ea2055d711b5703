using System.Net;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Stackmeta.Edge.Tests;

/// <summary>
/// Random histories of a network whose few addresses pass between ports and instances, while steps fail before or after they have done
/// their work: whatever is applied, packets obey it, and no connection is another's.
/// </summary>
public sealed class RandomChangesTests
{
    static readonly IPAddress[] Addresses =
    [
        .. Enumerable.Range(70, 4).Select(number => IPAddress.Parse($"10.0.0.{number}")),
    ];

    static readonly Guid[] Ports = [.. Enumerable.Range(1, 4).Select(number => new Guid(number, 0, 0, new byte[8]))];

    /// <summary>Which port has an address, which instance a port is of, and how the steps fail.</summary>
    static readonly Gen<(int[] Owners, int[] Devices, int Failure)[]> Histories = Gen.Select(
        Gen.Int[0, Ports.Length].Array[Addresses.Length],
        Gen.Int[0, 2].Array[Ports.Length],
        Gen.Int[0, 5]
    ).Array[1, 12];

    [Fact]
    public async Task What_is_applied_holds_and_nobody_is_connected_as_another() =>
        await Histories.SampleAsync(RunAsync, iter: 150);

    static async Task<bool> RunAsync((int[] Owners, int[] Devices, int Failure)[] history)
    {
        var machine = new FakeMachine();
        var time = new FakeTimeProvider();
        await using var provisioner = new NetworkProvisioner(machine, time, NullLogger.Instance)
        {
            Applied = machine.Applied,
        };
        var empty = Networks.Isolated();
        var wrong = 0;
        void Look()
        {
            if (!IsRight(machine, empty.Id))
            {
                Interlocked.Increment(ref wrong);
            }
        }
        foreach (var (owners, devices, failure) in history)
        {
            Connect(machine, empty.Id);
            var network = empty with { Hosts = [.. HostsOf(owners, devices)] };
            var step = failure switch
            {
                0 or 1 => "rules",
                2 => "end",
                _ => null,
            };
            foreach (var name in (string[])["rules", "end", "serve"])
            {
                machine.Before(
                    name,
                    () =>
                    {
                        Look();
                        if (name != step)
                        {
                            return Task.CompletedTask;
                        }
                        if (failure == 1)
                        {
                            // It has done its work, and then failed.
                            machine.InForce[empty.Id] = AppliedNetwork.Of(network);
                        }
                        throw new EdgeException("as the history wants");
                    }
                );
            }
            await await provisioner.WantAsync(new() { Networks = [network] }, TestContext.Current.CancellationToken);
            Look();
        }
        foreach (var name in (string[])["rules", "end", "serve"])
        {
            machine.Before(name, null);
        }
        var last = history[^1];
        var wanted = empty with { Hosts = [.. HostsOf(last.Owners, last.Devices)] };
        for (
            var tries = 0;
            tries < 2000 && !machine.Applied.FindNetwork(empty.Id)!.IsSameAs(AppliedNetwork.Of(wanted));
            tries++
        )
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }
        Look();
        return wrong == 0 && machine.Applied.FindNetwork(empty.Id)!.IsSameAs(AppliedNetwork.Of(wanted));
    }

    static IEnumerable<EdgeHost> HostsOf(int[] owners, int[] devices) =>
        Ports
            .Select(
                (port, number) =>
                    new EdgeHost(
                        port,
                        Networks.Mac((byte)(number + 1)),
                        [.. Addresses.Where((_, index) => owners[index] == number)],
                        null
                    )
                    {
                        DeviceId = $"instance {devices[number]}",
                    }
            )
            .Where(host => host.Addresses.Length > 0);

    /// <summary>Every guest opens a connection from each address that the rules let it have, whether it is answered yet or not.</summary>
    static void Connect(FakeMachine machine, Guid network)
    {
        foreach (var (id, port) in (machine.InForce.GetValueOrDefault(network) ?? AppliedNetwork.Nothing).Ports)
        {
            foreach (var address in port.Addresses)
            {
                machine.Connections[new(EdgeScope.Network(network), address, port.Mac, id, port.DeviceId)] = true;
            }
        }
    }

    static bool IsRight(FakeMachine machine, Guid network)
    {
        if (machine.Applied.FindNetwork(network) is not { } applied)
        {
            return true;
        }
        var inForce = machine.InForce.GetValueOrDefault(network) ?? AppliedNetwork.Nothing;
        return applied.Ports.All(port => inForce.TryFind(port.Key, out var held) && held.Equals(port.Value))
            && machine.Connections.Keys.All(connection =>
                applied
                    .Ports.Where(port => port.Value.Addresses.Contains(connection.Peer))
                    .All(port => port.Key == connection.PortId && port.Value.DeviceId == connection.DeviceId)
            );
    }
}
