using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Looks at the network's side of the path: namespace, bridge, DHCP server, listener.</summary>
/// <param name="subject">Whose.</param>
/// <param name="deadline">For the questions that are sent.</param>
sealed class EdgeObserver(PathSubject subject, Deadline deadline)
{
    /// <summary>What is there; nothing is sent.</summary>
    /// <exception cref="EdgeException">This host may not be looked at.</exception>
    public async Task<PathSights> LookAsync(CancellationToken cancellationToken)
    {
        var bridging = LookAtBridgeAsync(cancellationToken);
        var dhcp = ObservedDhcpServer.Find(subject.NetworkId);
        var found = await ObservedNamespace.ReadAsync(subject.Namespace, cancellationToken);
        var (bridge, ports, interfaces) = await bridging;
        var sights = new PathSights
        {
            Namespace = found,
            IsNamespaceHollow = found is null && ObservedNamespace.List().Contains(subject.Namespace),
            Bridge = bridge,
            BridgePorts = ports,
            GuestInterfaces = interfaces,
            Dhcp = dhcp,
            IsDhcpStopped = dhcp is not null && ObservedProcess.IsStopped(dhcp.Process),
            // Filled in by those who look there.
            Socket = new("", SocketKind.Missing, IsOpenToProxy: false),
            Host = new("", null, TimeSpan.Zero),
        };
        if (found is null)
        {
            return sights;
        }
        var device = NamespaceJudgement.DeviceOf(subject, sights);
        var end = EndOfAsync(device, cancellationToken);
        var redirect = subject.IsRouted
            ? ObservedRedirect.LookAsync(found.Name, cancellationToken)
            : Task.FromResult<bool?>(null);
        var listener = ListenerIn(found.Name);
        return sights with
        {
            BridgeEnd = await end,
            HasRedirect = await redirect,
            Listener = listener,
            Owner = listener is { } one ? ListenerOwner.Of(one) : null,
        };
    }

    /// <summary>Sends a guest's first packet, and a request from inside the namespace.</summary>
    /// <exception cref="EdgeException">This host does not allow it.</exception>
    public async Task<PathSights> AskAsync(PathSights sights, CancellationToken cancellationToken)
    {
        if (sights is not { Namespace: { } found, Listener: not null })
        {
            return sights;
        }
        var device = NamespaceJudgement.DeviceOf(subject, sights);
        var probing = ProbeAsync(device, sights.BridgeEnd, cancellationToken);
        var asking = AskInsideAsync(found.Name, device, cancellationToken);
        return sights with { Probe = await probing, InsideAnswer = await asking };
    }

    /// <summary>
    /// What is sent to the metadata address comes to; a router's packets are redirected, to whatever address it listens on.
    /// </summary>
    ObservedListener? ListenerIn(string @namespace) =>
        ObservedListener
            .Read(@namespace)
            .Where(one => one.Port == subject.ListenPort && (subject.IsRouted || one.Serves(subject.MetadataIp)))
            .OrderBy(one => one.Address.Equals(subject.MetadataIp) ? 0 : 1)
            .Cast<ObservedListener?>()
            .FirstOrDefault();

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
        device is { PeerIndex: > 0 } && HostLink.FindName(device.PeerIndex) is { } name
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
                deadline.Next,
                cancellationToken
            )
            : null;

    /// <summary>A router's rules let nobody in who did not come through it, so there is no asking from inside.</summary>
    async Task<NamespaceAnswer?> AskInsideAsync(
        string @namespace,
        ObservedLink? device,
        CancellationToken cancellationToken
    )
    {
        if (subject.IsRouted || device is null)
        {
            return null;
        }
        var address = subject.MetadataIp;
        if (address.IsIPv6LinkLocal)
        {
            address = new(address.GetAddressBytes(), device.Index);
        }
        return await NamespaceRequest.AskAsync(
            @namespace,
            new IPEndPoint(address, MetadataAddress.Port),
            deadline.Next,
            cancellationToken
        );
    }
}
