using System.Collections.Concurrent;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Agent.Tests;

/// <summary>Ports in memory, with switches for what may go wrong.</summary>
sealed class FakePortDirectory : IPortDirectory
{
    public ConcurrentDictionary<PortKey, PortAnswer> Ports { get; } = new();

    public ConcurrentQueue<PortKey> Asked { get; } = new();

    /// <summary>What every question is refused with; <see cref="Refusal.None"/> answers.</summary>
    public Refusal Trouble { get; set; }

    /// <summary>Every question waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        var key = new PortKey(scope, address);
        Asked.Enqueue(key);
        await Gate.WaitAsync(cancellationToken);
        return Trouble != Refusal.None ? Trouble
            : Ports.TryGetValue(key, out var answer) ? answer
            : Refusal.PortNotFound;
    }

    public void Add(
        NetworkScope scope,
        string address,
        string device,
        string project = "project-1",
        string mac = "fa:16:3e:00:00:01"
    )
    {
        GuestAddress.TryFrom(System.Net.IPAddress.Parse(address), out var key);
        Ports[new(scope, key)] = new Port($"port-of-{device}", "net-1", device, project)
        {
            MacAddresses = Port.ReadMacAddresses(mac),
        };
    }
}
