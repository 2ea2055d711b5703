using System.Collections.Immutable;
using System.Net;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Simulation.Tests;

/// <summary>A port of the model.</summary>
sealed record ModelPort(Guid Id, Guid Network, string Device, EthernetAddress Mac, ImmutableArray<IPAddress> Addresses);

/// <summary>The store: all ports at once, replaced by each change, and now and then not to be had.</summary>
sealed class ModelStore : IPortDirectory
{
    // Replaced as a whole by the history; read by look-ups on any thread.
    volatile Snapshot _current = new([]);
    volatile bool _isDown;

    public ImmutableArray<ModelPort> Ports
    {
        get => _current.Ports;
        set => _current = new(value);
    }

    public bool IsDown
    {
        set => _isDown = value;
    }

    public ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    ) => new(_isDown ? Refusal.PortDirectoryUnavailable : _current.Find(scope, address));

    sealed class Snapshot
    {
        readonly Dictionary<(string, GuestAddress), PortAnswer> _byNetwork = [];

        public Snapshot(ImmutableArray<ModelPort> ports)
        {
            Ports = ports;
            foreach (var port in ports)
            {
                var network = port.Network.ToString();
                PortAnswer answer =
                    port.Device.Length == 0
                        ? Refusal.PortWithoutDevice
                        : new Port(port.Id.ToString(), network, port.Device, "project") { MacAddresses = [port.Mac] };
                Add(network, GuestAddress.FromMacAddress(port.Mac), answer);
                foreach (var address in port.Addresses)
                {
                    GuestAddress.TryFrom(address, out var key);
                    Add(network, key, answer);
                }
            }
        }

        public ImmutableArray<ModelPort> Ports { get; }

        void Add(string network, GuestAddress address, PortAnswer answer) =>
            _byNetwork[(network, address)] = _byNetwork.ContainsKey((network, address))
                ? Refusal.PortAmbiguous
                : answer;

        // The router of the model has one network, whose id it shares.
        public PortAnswer Find(NetworkScope scope, GuestAddress address) =>
            _byNetwork.TryGetValue((scope.Id, address), out var answer) ? answer : Refusal.PortNotFound;
    }
}
