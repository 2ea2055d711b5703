using System.Collections.Immutable;
using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>The ports of a network that its packet rules hold now: an unchanging snapshot.</summary>
public sealed class AppliedNetwork
{
    readonly Dictionary<Guid, AppliedPort> _ports;

    internal AppliedNetwork(Dictionary<Guid, AppliedPort> ports) => _ports = ports;

    /// <summary>No port: nothing is known to be in force.</summary>
    internal static AppliedNetwork Nothing { get; } = new([]);

    internal IReadOnlyDictionary<Guid, AppliedPort> Ports => _ports;

    /// <summary>What a network's rules will hold.</summary>
    internal static AppliedNetwork Of(EdgeNetwork network)
    {
        var ports = new Dictionary<Guid, AppliedPort>(network.Hosts.Length);
        foreach (var host in network.Hosts)
        {
            ports[host.PortId] = AppliedPort.Of(host);
        }
        return new(ports);
    }

    /// <summary>The port with that id, if it is applied.</summary>
    public bool TryFind(Guid portId, out AppliedPort port) => _ports.TryGetValue(portId, out port);

    /// <summary>The ports that are the same in both.</summary>
    internal AppliedNetwork Common(AppliedNetwork other) =>
        new(
            _ports
                .Where(port => other._ports.TryGetValue(port.Key, out var theirs) && theirs.Equals(port.Value))
                .ToDictionary()
        );

    /// <summary>Whether both have the same ports.</summary>
    internal bool IsSameAs(AppliedNetwork other) =>
        _ports.Count == other._ports.Count
        && _ports.All(port => other._ports.TryGetValue(port.Key, out var theirs) && theirs.Equals(port.Value));
}

/// <summary>A port as packets obey it.</summary>
/// <param name="DeviceId">Whose it is: an instance's uuid, or another text.</param>
/// <param name="Mac">The only one that its guest may have.</param>
/// <param name="Addresses">Its fixed IPs.</param>
public readonly record struct AppliedPort(string DeviceId, EthernetAddress Mac, ImmutableArray<IPAddress> Addresses)
{
    internal static AppliedPort Of(EdgeHost host) =>
        new(host.DeviceId, EthernetAddress.Read(host.Mac.GetAddressBytes()), host.Addresses);

    /// <summary>The port as it is given to rules.</summary>
    internal EdgeHost ToHost(Guid portId)
    {
        var mac = new byte[EthernetAddress.Size];
        Mac.Write(mac);
        return new(portId, new(mac), Addresses, null) { DeviceId = DeviceId };
    }

    /// <summary>Whether all is the same, the addresses one by one.</summary>
    public bool Equals(AppliedPort other) =>
        DeviceId == other.DeviceId && Mac == other.Mac && Addresses.AsSpan().SequenceEqual(other.Addresses.AsSpan());

    public override int GetHashCode() => HashCode.Combine(DeviceId, Mac, Addresses.Length);
}
