using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Agent;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;
using Stackmeta.Edge;
using Stackmeta.Http;

namespace Stackmeta.Simulation.Tests;

/// <summary>
/// One random history on the real code: a store in which addresses, MACs, devices and ports change hands, the edge's order of changes on a
/// machine whose steps fail, the agent with its cache, and guests whose connections live across all of it and claim what rules let them.
/// </summary>
/// <remarks>
/// Whose port a guest has is what packet rules say when it connects: its interface does not move. A connection that then gets the answer of
/// another instance is what must never be.
/// </remarks>
#pragma warning disable CA1001 // They live as long as a run, which ends them.
sealed class History : IMetadataUpstream
#pragma warning restore CA1001
{
    const int Ports = 8;
    const int MostConnections = 64;
    const int MostWaiting = 32;

    readonly Dice _dice;
    readonly ModelSwitches _switches;
    readonly FakeTimeProvider _time = new();
    readonly ModelStore _store = new();
    readonly SimulatedMachine _machine;
    readonly Guid _network;

    /// <summary>
    /// A network that others provide, as Neutron does: their rules follow the store some time later, and nobody tells when.
    /// </summary>
    readonly Guid _others;
    readonly List<Client> _clients = [];
    readonly List<Task> _waiting = [];
    readonly ConcurrentQueue<string> _violations = new();
    readonly ulong _seed;

    /// <summary>An instance that the API denies now; null for none.</summary>
    volatile string? _denied;

    /// <summary>Whether store or API have something amiss.</summary>
    bool _isTroubled;

    // Replaced when the process starts anew.
    NetworkProvisioner _edge = null!;
    PortCache _ports = null!;
    MetadataAgent _agent = null!;

    /// <summary>Whether the edge is still to be told of a change.</summary>
    bool _isUntold;

    /// <summary>Whether the agent's cache is: it may be another process, which hears of it sooner or later than the edge.</summary>
    bool _isKept;

    int _lastNumber;
    long _changes;
    long _waited;

    // By Interlocked: requests that had to wait end on other threads.
    long _answered;
    long _refused;
    long _cutOff;

    public History(ulong seed, ModelSwitches switches)
    {
        (_seed, _dice, _switches) = (seed, new(seed), switches);
        _machine = new(switches);
        (_network, _others) = (NewId(), NewId());
        _store.Ports =
        [
            .. Enumerable.Range(0, Ports).Select(_ => NewPort(_network)),
            .. Enumerable.Range(0, Ports).Select(_ => NewPort(_others)),
        ];
        _machine.SetOthers(_others, HostsOf(_others));
    }

    public async Task<SimulationOutcome> RunAsync(int requests)
    {
        Start();
        Tell();
        var sent = 0;
        while (sent < requests)
        {
            await HappenAsync();
            if (_clients.Count == 0 || (_clients.Count < MostConnections && _dice.Once(20)))
            {
                Connect();
            }
            if (_clients.Count > 0)
            {
                // A new connection is asked on at once as a rule.
                sent += Ask(_dice.Once(3) ? _clients[^1] : _dice.Of(_clients)) ? 1 : 0;
            }
            if (_waiting.Count >= MostWaiting)
            {
                await LetGoOnAsync();
            }
        }
        while (_waiting.Count > 0)
        {
            await LetGoOnAsync();
        }
        await _edge.DisposeAsync();
        return new(sent, _answered, _refused, _cutOff, _waited, _changes, [.. _violations]);
    }

    /// <summary>The process that provides the networks and answers.</summary>
    void Start()
    {
        _edge = new(_machine, _time, NullLogger.Instance);
        _ports = new(_store, new AgentOptions().Ports, _time);
        _agent = new(
            new(),
            _ports,
            this,
            _time,
            NullLogger.Instance,
            _switches.IgnoresApplied ? null : new AppliedPortsOf(_edge.Applied)
        );
    }

    /// <summary>What happens besides requests: seldom, while guests ask all the time, and often while something is under way.</summary>
    async Task HappenAsync()
    {
        if (_machine.WaitingSteps > 0 && _dice.Once(6))
        {
            _machine.Go(_dice);
            // What goes on by itself may go on now: on one processor it would not.
            await Task.Yield();
        }
        if (_isUntold && _dice.Once(30))
        {
            Tell();
        }
        if (_isKept && _dice.Once(100))
        {
            _isKept = false;
            _ports.ForgetNetwork(_network.ToString());
        }
        if (_isTroubled && _dice.Once(200))
        {
            (_isTroubled, _store.IsDown, _denied) = (false, false, null);
        }
        switch (_dice.Below(10_000))
        {
            case < 100:
                _time.Advance(TimeSpan.FromMilliseconds(1 + _dice.Below(400)));
                await Task.Yield();
                break;
            case < 120:
                Change();
                break;
            case < 130 and >= 125:
                ChangeOthers();
                break;
            case < 160 and >= 130:
                _machine.SetOthers(_others, HostsOf(_others));
                break;
            case 120:
                _isTroubled = _store.IsDown = true;
                break;
            case < 124:
                (_isTroubled, _denied) = (true, _dice.Of(_store.Ports).Device);
                break;
            case 124:
                await StartAnewAsync();
                break;
            case < 200 when _clients.Count > 0:
                Drop(_dice.Of(_clients));
                break;
        }
    }

    /// <summary>The edge is told of what the store says, as by its feed of changes.</summary>
    void Tell()
    {
        _isUntold = false;
        // Now and then all guests lose their network for a time.
        var isGone = _dice.Once(30);
        _isUntold = isGone;
        _ = TellAsync(new() { Networks = isGone ? [] : [Layout()] });
    }

    async Task TellAsync(EdgeWanted wanted)
    {
        try
        {
            await await _edge.WantAsync(wanted, CancellationToken.None);
        }
        catch (ObjectDisposedException)
        {
            // It was started anew meanwhile.
        }
    }

    EdgeNetwork Layout() =>
        new(
            _network,
            0,
            "",
            [
                new() { Id = _network, Cidr = IPNetwork.Parse("10.0.0.0/8") },
                new() { Id = Guid.Empty, Cidr = IPNetwork.Parse("2001:db8::/64") },
            ],
            new(_network, PhysicalAddress.Parse("fa163efffffe")),
            HostsOf(_network)
        );

    ImmutableArray<EdgeHost> HostsOf(Guid network) =>
        [
            .. _store
                .Ports.Where(port => port.Network == network)
                .Select(static port =>
                {
                    var mac = new byte[EthernetAddress.Size];
                    port.Mac.Write(mac);
                    return new EdgeHost(port.Id, new(mac), port.Addresses, null) { DeviceId = port.Device };
                }),
        ];

    /// <summary>Addresses change hands where others see to the rules; a port keeps its MAC and its instance there.</summary>
    void ChangeOthers()
    {
        _changes++;
        var ports = _store.Ports;
        var (i, k) = (Ports + _dice.Below(Ports), Ports + _dice.Below(Ports));
        var (one, other) = (ports[i], ports[k]);
        _store.Ports =
            i == k
                ? ports.SetItem(i, NewPort(_others) with { Addresses = one.Addresses })
                : ports
                    .SetItem(i, one with { Addresses = other.Addresses })
                    .SetItem(k, other with { Addresses = one.Addresses });
    }

    /// <summary>What two ports have changes hands, or a port is another.</summary>
    void Change()
    {
        _changes++;
        var ports = _store.Ports;
        var (i, k) = (_dice.Below(Ports), _dice.Below(Ports));
        var (one, other) = (ports[i], ports[k]);
        if (i == k)
        {
            // Another instance in its place, with its addresses and perhaps its MAC.
            var next = NewPort(_network) with
            {
                Addresses = one.Addresses,
            };
            ports = ports.SetItem(i, _dice.Once(2) ? next : next with { Mac = one.Mac });
        }
        else
        {
            (one, other) = _dice.Below(4) switch
            {
                0 => (one with { Addresses = other.Addresses }, other with { Addresses = one.Addresses }),
                1 => (one with { Mac = other.Mac }, other with { Mac = one.Mac }),
                2 => (one with { Device = other.Device }, other with { Device = one.Device }),
                _ => (
                    one with
                    {
                        Addresses = other.Addresses,
                        Mac = other.Mac,
                    },
                    other with
                    {
                        Addresses = one.Addresses,
                        Mac = one.Mac,
                    }
                ),
            };
            ports = ports.SetItem(i, one).SetItem(k, other);
        }
        _store.Ports = ports;
        (_isUntold, _isKept) = (true, true);
    }

    async Task StartAnewAsync()
    {
        _machine.DropAll();
        _clients.Clear();
        while (_waiting.Count > 0)
        {
            await LetGoOnAsync();
        }
        await _edge.DisposeAsync();
        Start();
        Tell();
    }

    /// <summary>Those who wait do so for steps of the machine, or for their patience to end.</summary>
    async Task LetGoOnAsync()
    {
        _machine.Go(_dice);
        _time.Advance(TimeSpan.FromMilliseconds(_dice.Below(100)));
        await Task.Yield();
        _waiting.RemoveAll(static task => task.IsCompleted);
    }

    /// <summary>A guest of a port that packets pass from connects, with what it likes to claim.</summary>
    void Connect()
    {
        var network = _dice.Once(4) ? _others : _network;
        var rules = _machine.RulesOf(network);
        if (rules.Count == 0)
        {
            return;
        }
        var (own, another) = (_dice.Of(rules), _dice.Of(rules));
        var mac = EthernetAddress.Read((_dice.Once(8) ? another : own).Mac.GetAddressBytes());
        var ownMac = EthernetAddress.Read(own.Mac.GetAddressBytes());
        var address = _dice.Below(8) switch
        {
            0 => another.Addresses[0],
            1 => EthernetAddress.Read(another.Mac.GetAddressBytes()).ToLinkLocal(),
            2 => IPAddress.Parse("fe80::1"),
            3 => ownMac.ToLinkLocal(),
            _ => own.Addresses[_dice.Below(own.Addresses.Length)],
        };
        // Only its own or a private one: the rules of attached guests let no other pass.
        if (
            EthernetAddress.TryReadInterfaceIdentifier(address, out var made)
            && address.IsIPv6LinkLocal
            && made != ownMac
        )
        {
            return;
        }
        // By an address alone one is known only as well as others' rules are up to date: no better than without us.
        var syn =
            network == _others
                ? SynSource.Ethernet
                : _dice.Below(8) switch
                {
                    0 => SynSource.NotKept,
                    1 => SynSource.NoEthernet,
                    _ => SynSource.Ethernet,
                };
        // The router of the model has this one network.
        var scope = network == _network && _dice.Once(5) ? EdgeScope.Router(network) : EdgeScope.Network(network);
        var client = new Client(scope, network, own.PortId, address, mac, syn) { IsForwarded = _dice.Once(3) };
        if (_machine.TryConnect(client))
        {
            client.Feature = client.IsForwarded ? null : GuestConnection.Of(client);
            _clients.Add(client);
        }
    }

    void Drop(Client client)
    {
        _machine.Drop(client);
        _clients.Remove(client);
    }

    /// <returns>Whether its packets pass, and the agent was asked.</returns>
    bool Ask(Client client)
    {
        if (client.IsEnded)
        {
            _clients.Remove(client);
            return false;
        }
        if (!client.IsPassed(_machine.FindRule(client.Network, client.Port)))
        {
            if (_dice.Once(16))
            {
                // Its packets are dropped, and it gives up; until then its rules may come back.
                Drop(client);
            }
            return false;
        }
        var exchange = new Exchange(client, _switches.HidesMacs);
        var asked = _agent.HandleAsync(exchange.Request);
        if (asked.IsCompleted)
        {
            End(exchange, asked.Result);
        }
        else
        {
            _waited++;
            _waiting.Add(EndAsync(asked, exchange));
        }
        return true;
    }

    async Task EndAsync(ValueTask<Response> asked, Exchange exchange) => End(exchange, await asked);

    void End(Exchange exchange, in Response response)
    {
        if (response.IsCutOff)
        {
            Interlocked.Increment(ref _cutOff);
            _machine.Drop(exchange.Client);
        }
        else if (response.Status == 200)
        {
            Deliver(exchange, response);
        }
        else if (response.Status is 404 or 503)
        {
            Interlocked.Increment(ref _refused);
        }
        else
        {
            _violations.Enqueue($"history {_seed}: status {response.Status}");
        }
    }

    /// <summary>The edge of a process of its own looks at the port first (<see cref="AgentForwarder"/>).</summary>
    void Deliver(Exchange exchange, in Response response)
    {
        var client = exchange.Client;
        var instance = Encoding.UTF8.GetString(response.Body.Span);
        var port = response.Headers?.Find(static header => header.Key == "X-Stackmeta-Port").Value.ToString();
        if (client.IsForwarded && port is not null && !client.TryBind(port))
        {
            Interlocked.Increment(ref _cutOff);
            _machine.Drop(client);
            return;
        }
        if (client.IsEnded)
        {
            return;
        }
        Interlocked.Increment(ref _answered);
        if (instance != client.Owner)
        {
            _violations.Enqueue(
                $"history {_seed}: {client.Owner} at port {client.Port} was answered as {instance} ({client.Scope}, {client.Peer}, MAC {client.Mac})"
            );
        }
    }

    /// <summary>The API: knows most instances.</summary>
    ValueTask<UpstreamResult> IMetadataUpstream.ForwardAsync(Request request, RequestIdentity identity, long arrived)
    {
        if (_denied == identity.InstanceId)
        {
            return new(Refusal.InstanceNotFound);
        }
        return new(Response.Of(request, 200, contentType: null, Encoding.UTF8.GetBytes(identity.InstanceId)));
    }

    ModelPort NewPort(Guid network)
    {
        var number = ++_lastNumber;
        return new(
            NewId(),
            network,
            $"instance-{number}",
            EthernetAddress.Read([0xfa, 0x16, 0x3e, (byte)(number >> 16), (byte)(number >> 8), (byte)number]),
            [
                new([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]),
                new(
                    (byte[])
                        [
                            0x20,
                            0x01,
                            0x0d,
                            0xb8,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            (byte)(number >> 16),
                            (byte)(number >> 8),
                            (byte)number,
                        ]
                ),
            ]
        );
    }

    Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, _dice.Next());
        BitConverter.TryWriteBytes(bytes[8..], _dice.Next());
        return new(bytes);
    }
}
