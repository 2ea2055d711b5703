namespace Stackmeta.Edge;

/// <summary>Puts a guest's interface, a tap or an end of a veth pair that somebody made, on the bridge of a network of ours.</summary>
/// <remarks>Needs CAP_NET_ADMIN, and no running edge: the bridge itself tells whose it is.</remarks>
public static class PortAttachment
{
    /// <summary>IFNAMSIZ of linux/if.h is 16, the final zero included.</summary>
    const int LongestName = 15;

    /// <summary>Attaches; a repeated call changes nothing.</summary>
    /// <exception cref="EdgeException">The network is not up, there is no such interface, or it is on another bridge.</exception>
    public static async Task AttachAsync(Guid networkId, string device, CancellationToken cancellationToken)
    {
        var bridge = await FindBridgeAsync(networkId, cancellationToken);
        var link = await FindDeviceAsync(device, cancellationToken);
        if (link.Master is { } master && master != bridge.Name)
        {
            throw new EdgeException($"The interface {device} is on {master} already: take it off there first.");
        }
        if (link.Mtu != bridge.Mtu)
        {
            await Command.Ip(null, "link", "set", "dev", device, "mtu", $"{bridge.Mtu}").RunAsync(cancellationToken);
        }
        if (LinkProvisioner.HostHasIpv6())
        {
            // The host's end has no business on the guests' network (OSSN-0018, OSSN-0069).
            await new Command("sysctl", "-qw", $"net/ipv6/conf/{device}/disable_ipv6=1").RunAsync(cancellationToken);
        }
        if (link.Master is null || !link.IsUp)
        {
            await Command
                .Ip(null, "link", "set", "dev", device, "master", bridge.Name, "up")
                .RunAsync(cancellationToken);
        }
    }

    /// <summary>Takes an interface off the network's bridge; one that is not on it is left alone.</summary>
    /// <exception cref="EdgeException">There is no such interface.</exception>
    public static async Task DetachAsync(Guid networkId, string device, CancellationToken cancellationToken)
    {
        if ((await FindDeviceAsync(device, cancellationToken)).Master == DeviceNames.Bridge(networkId))
        {
            await Command.Ip(null, "link", "set", "dev", device, "nomaster").RunAsync(cancellationToken);
        }
    }

    static async Task<LinkInfo> FindBridgeAsync(Guid networkId, CancellationToken cancellationToken)
    {
        var name = DeviceNames.Bridge(networkId);
        return
            LinkState.Exists(name)
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
        return isName && LinkState.Exists(device) && await ShowAsync(device, cancellationToken) is { } link
            ? link
            : throw new EdgeException($"There is no interface '{device}' on this host.");
    }

    static async Task<LinkInfo?> ShowAsync(string name, CancellationToken cancellationToken) =>
        LinkInfo
            .Parse(await Command.Ip(null, "-details", "-json", "addr", "show", "dev", name).RunAsync(cancellationToken))
            .FirstOrDefault();
}
