using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Looks at the network's side of the path: namespace, bridge, DHCP server, listener.</summary>
/// <param name="subject">Whose.</param>
/// <param name="patience">For each question that is sent.</param>
sealed class EdgeObserver(PathSubject subject, TimeSpan patience)
{
    /// <exception cref="EdgeException">This host may not be looked at.</exception>
    public async Task<PathSights> LookAsync(CancellationToken cancellationToken)
    {
        var bridging = LookAtBridgeAsync(cancellationToken);
        var dhcp = ObservedDhcpServer.Find(subject.NetworkId);
        var found = await ObservedNamespace.ReadAsync(subject.Namespace, cancellationToken);
        var sights = new PathSights
        {
            Namespace = found,
            IsNamespaceHollow = found is null && ObservedNamespace.List().Contains(subject.Namespace),
            Dhcp = dhcp,
            IsDhcpStopped = dhcp is not null && ObservedProcess.IsStopped(dhcp.Process),
            // Filled in by those who look there.
            Socket = new("", SocketKind.Missing, IsOpenToAll: false),
            Host = new("", null, TimeSpan.Zero),
        };
        var (bridge, ports, interfaces) = await bridging;
        sights = sights with { Bridge = bridge, BridgePorts = ports, GuestInterfaces = interfaces };
        if (found is null)
        {
            return sights;
        }
        var device = NamespaceJudgement.DeviceOf(subject, sights);
        sights = sights with { BridgeEnd = await EndOfAsync(device, cancellationToken) };
        var listener = ObservedListener
            .Read(found.Name)
            .Where(one => one.Port == subject.ListenPort)
            .OrderBy(one => one.IsIpv6)
            .Cast<ObservedListener?>()
            .FirstOrDefault();
        if (listener is null)
        {
            return sights;
        }
        sights = sights with { Listener = listener, Owner = OwnerOf(listener.Value) };
        var probing = ProbeAsync(device, sights.BridgeEnd, cancellationToken);
        var asking = AskAsync(found.Name, cancellationToken);
        return sights with { Probe = await probing, InsideAnswer = await asking };
    }

    async Task<(
        ObservedLink? Bridge,
        ImmutableArray<ObservedLink> Ports,
        ImmutableArray<string> Interfaces
    )> LookAtBridgeAsync(CancellationToken cancellationToken)
    {
        var name = DeviceNames.Bridge(subject.NetworkId);
        if (await ObservedLink.ReadAsync(name, cancellationToken) is not { } bridge)
        {
            return (null, [], []);
        }
        var neighbours = ObservedLink.ReadNeighboursAsync(name, cancellationToken);
        var ports = await ObservedLink.ReadPortsAsync(name, cancellationToken);
        var heard = await neighbours;
        return (bridge, ports, subject.Port is { } port ? [.. heard[port.MacAddress].Distinct()] : []);
    }

    static async Task<ObservedLink?> EndOfAsync(ObservedLink? device, CancellationToken cancellationToken) =>
        device is { PeerIndex: > 0 } && GuestProbe.FindInterface(device.PeerIndex) is { } name
            ? await ObservedLink.ReadAsync(name, cancellationToken)
            : null;

    async Task<GuestProbeResult?> ProbeAsync(
        ObservedLink? device,
        ObservedLink? end,
        CancellationToken cancellationToken
    ) =>
        device is { IsUp: true, Mac: { } gateway }
        && end is { IsUp: true }
        && subject is { Mac: { } mac, Address: { AddressFamily: AddressFamily.InterNetwork } address }
            ? await GuestProbe.SendAsync(
                end.Name,
                PhysicalAddress.Parse(gateway),
                mac,
                address,
                patience,
                cancellationToken
            )
            : null;

    /// <summary>A router's rules let nobody in who did not come through it, so there is no asking from inside.</summary>
    async Task<NamespaceAnswer?> AskAsync(string @namespace, CancellationToken cancellationToken) =>
        subject.IsRouted
            ? null
            : await NamespaceRequest.AskAsync(
                @namespace,
                new IPEndPoint(MetadataAddress.Ipv4, MetadataAddress.Port),
                patience,
                cancellationToken
            );

    static ListenerOwner? OwnerOf(ObservedListener listener)
    {
        if (listener.FindOwner() is not var (process, program))
        {
            return null;
        }
        var arguments = ObservedProcess.ArgumentsOf(process);
        var isHaproxy = program == "haproxy";
        return new(
            process,
            program,
            IsProxy: isHaproxy || program == "stackmeta",
            // 'stackmeta up' is all hops in one.
            HasAgent: !isHaproxy && arguments.Contains("up"),
            ObservedProcess.IsStopped(process),
            isHaproxy ? ObservedProcess.AgentSocketOfHaproxy(arguments) : null
        );
    }
}
