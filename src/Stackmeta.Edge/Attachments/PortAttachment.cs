namespace Stackmeta.Edge;

/// <summary>Puts a guest's interface, a tap or an end of a veth pair that somebody made, on the bridge of a network of ours.</summary>
/// <remarks>
/// Needs CAP_NET_ADMIN, and no running edge: the bridge itself tells whose it is, and a file what was applied of it last.
/// </remarks>
public static class PortAttachment
{
    /// <summary>IFNAMSIZ of linux/if.h is 16, the final zero included.</summary>
    const int LongestName = 15;

    // Ten seconds in all; a change is applied within some tenths of one.
    const int ApplyTries = 200;
    static readonly TimeSpan ApplyPause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Attaches; a repeated call changes nothing. The interface keeps the port's id as its alias, by which the edge finds it again when the
    /// port changes.
    /// </summary>
    /// <param name="readNetwork">
    /// The network as the inventory has it now; null lets guests speak with any address. The guest is held
    /// (<see cref="PortSecurityRules"/>) to what the edge has applied of it: it is waited for as long as that is something else, and then
    /// nothing passes until it is applied.
    /// </param>
    /// <exception cref="EdgeException">
    /// The network is not up, there is no such interface, it is on another bridge or has an alias of its own, or nft is missing.
    /// </exception>
    public static async Task AttachAsync(
        Guid networkId,
        Guid portId,
        string device,
        Func<CancellationToken, Task<EdgeNetwork>>? readNetwork,
        CancellationToken cancellationToken
    )
    {
        var bridge = await FindBridgeAsync(networkId, cancellationToken);
        var link = await FindDeviceAsync(device, cancellationToken);
        if (link.Master is { } master && master != bridge.Name)
        {
            throw new EdgeException($"The interface {device} is on {master} already: take it off there first.");
        }
        var isMarked = link.Alias is null || Ownership.PortOf(link.Alias) is not null;
        if (!isMarked && readNetwork is not null)
        {
            throw new EdgeException(
                $"The interface {device} has an alias of another program ({link.Alias}), where the port's id would be kept: take the alias away, or set edge.port_security=false."
            );
        }
        var files = FilesOf(networkId, bridge);
        if (readNetwork is not null)
        {
            await WaitForAppliedAsync(files, portId, readNetwork, cancellationToken);
        }
        using var security = await PortSecurity.LockAsync(files, cancellationToken);
        if (readNetwork is null)
        {
            await security.RemoveAsync(networkId, cancellationToken);
        }
        else
        {
            // Before the first frame can pass.
            var network = await ReadAsync(files, readNetwork, cancellationToken);
            await security.ApplyAsync(network, SecuredPort.Of(network, portId, link.Index), cancellationToken);
        }
        if (isMarked && Ownership.PortOf(link.Alias) != portId)
        {
            await Command
                .Ip(null, "link", "set", "dev", device, "alias", Ownership.MarkOfPort(portId))
                .RunAsync(cancellationToken);
        }
        if (link.Mtu != bridge.Mtu)
        {
            await Command.Ip(null, "link", "set", "dev", device, "mtu", $"{bridge.Mtu}").RunAsync(cancellationToken);
        }
        if (LinkProvisioner.HostHasIpv6())
        {
            // The host's end has no business on the guests' network (OSSN-0018, OSSN-0069).
            await LinkChanges.NoIpv6(device).RunAsync(cancellationToken);
        }
        if (link.Master is null || !link.IsUp)
        {
            await Command
                .Ip(null, "link", "set", "dev", device, "master", bridge.Name, "up")
                .RunAsync(cancellationToken);
        }
    }

    /// <summary>Takes an interface off the network's bridge, and its rules away; one that is not on it is left alone.</summary>
    /// <param name="readNetwork">As for <see cref="AttachAsync"/>.</param>
    /// <exception cref="EdgeException">There is no such interface.</exception>
    public static async Task DetachAsync(
        Guid networkId,
        string device,
        Func<CancellationToken, Task<EdgeNetwork>>? readNetwork,
        CancellationToken cancellationToken
    )
    {
        var link = await FindDeviceAsync(device, cancellationToken);
        if (link.Master is null || link.Master != DeviceNames.Bridge(networkId))
        {
            return;
        }
        var bridge = await FindBridgeAsync(networkId, cancellationToken);
        var files = FilesOf(networkId, bridge);
        using var security = await PortSecurity.LockAsync(files, cancellationToken);
        await Command.Ip(null, "link", "set", "dev", device, "nomaster").RunAsync(cancellationToken);
        if (Ownership.PortOf(link.Alias) is not null)
        {
            await Command.Ip(null, "link", "set", "dev", device, "alias", "").RunAsync(cancellationToken);
        }
        await (
            readNetwork is null
                ? security.RemoveAsync(networkId, cancellationToken)
                : security.ApplyAsync(
                    await ReadAsync(files, readNetwork, cancellationToken),
                    joining: null,
                    cancellationToken
                )
        );
    }

    static NetworkFiles FilesOf(Guid networkId, LinkInfo bridge) =>
        RunDirectory.FilesIn(Ownership.RunDirectoryOf(networkId, bridge.Alias)!, networkId);

    /// <summary>Returns when the port is applied as the inventory has it, or that takes too long.</summary>
    static async Task WaitForAppliedAsync(
        NetworkFiles files,
        Guid portId,
        Func<CancellationToken, Task<EdgeNetwork>> readNetwork,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 0; tries < ApplyTries; tries++)
        {
            var network = await readNetwork(cancellationToken);
            if (
                network.Hosts.FirstOrDefault(host => host.PortId == portId) is not { } host
                || AppliedFile.TryReadNetwork(files.Applied) is not { } applied
                || (applied.TryFind(portId, out var port) && port.Equals(AppliedPort.Of(host)))
            )
            {
                return;
            }
            await Task.Delay(ApplyPause, cancellationToken);
        }
    }

    /// <summary>
    /// The network with its ports as they are applied, whatever the inventory says meanwhile: rules of a state that the edge does not know
    /// of would let packets through that are answered by another one.
    /// </summary>
    static async Task<EdgeNetwork> ReadAsync(
        NetworkFiles files,
        Func<CancellationToken, Task<EdgeNetwork>> readNetwork,
        CancellationToken cancellationToken
    )
    {
        var network = await readNetwork(cancellationToken);
        if (AppliedFile.TryReadNetwork(files.Applied) is { } applied)
        {
            network = network with { Hosts = [.. applied.Ports.Select(port => port.Value.ToHost(port.Key))] };
        }
        return NetworkValidation.Require(network);
    }

    static async Task<LinkInfo> FindBridgeAsync(Guid networkId, CancellationToken cancellationToken)
    {
        var name = DeviceNames.Bridge(networkId);
        return
            HostLink.Exists(name)
            && await ShowAsync(name, cancellationToken) is { } bridge
            && Ownership.IsOf(networkId, bridge.Alias)
            ? bridge
            : throw new EdgeException(
                $"The network {networkId} is not up on this host: there is no bridge {name} of ours."
            );
    }

    static async Task<LinkInfo> FindDeviceAsync(string device, CancellationToken cancellationToken)
    {
        var isName =
            device.Length is > 0 and <= LongestName
            && device.All(c => c is > ' ' and < '\x7f' and not '/')
            && device is not ("." or "..");
        return isName && HostLink.Exists(device) && await ShowAsync(device, cancellationToken) is { } link
            ? link
            : throw new EdgeException($"There is no interface '{device}' on this host.");
    }

    static async Task<LinkInfo?> ShowAsync(string name, CancellationToken cancellationToken) =>
        LinkInfo
            .Parse(await Command.Ip(null, "-details", "-json", "addr", "show", "dev", name).RunAsync(cancellationToken))
            .FirstOrDefault();
}
