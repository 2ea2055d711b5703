using System.Net.NetworkInformation;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>
/// A namespace that stands for a guest: one interface with the port's MAC on the network's bridge, and a real DHCP client.
/// For demonstrations and tests; it sees of the path exactly what a virtual machine sees.
/// </summary>
/// <remarks>Needs root. The host's resolver configuration is never touched: the guest's lies in <c>/etc/netns</c>.</remarks>
public sealed class GuestNamespace : IAsyncDisposable
{
    /// <summary>The guest's only interface besides the loopback.</summary>
    public const string Device = "eth0";

    const string Mark = "stackmeta-guest";

    readonly string _bridgeEnd;
    readonly DhcpClient _client;

    GuestNamespace(string name, string bridgeEnd)
    {
        Name = name;
        _bridgeEnd = bridgeEnd;
        _client = new DhcpClient(name, Device);
    }

    /// <summary>The namespace, for <c>ip netns exec</c>: <c>guest-</c> and the port's id.</summary>
    public string Name { get; }

    string ConfigurationDirectory => Path.Combine("/etc/netns", Name);

    /// <summary>Makes the namespace and attaches it to the bridge of a network that is up.</summary>
    /// <param name="mtu">Bytes; 0 leaves the kernel's own. DHCP may tell another one.</param>
    /// <exception cref="EdgeException">The network is not up, or the name is taken by something else.</exception>
    public static async Task<GuestNamespace> CreateAsync(
        Guid networkId,
        Guid portId,
        PhysicalAddress mac,
        int mtu,
        CancellationToken cancellationToken
    )
    {
        var guest = new GuestNamespace($"guest-{portId}", DeviceNames.Tap(portId));
        await guest.RemoveLeftOverAsync(cancellationToken);
        try
        {
            await guest.AttachAsync(DeviceNames.Bridge(networkId), mac, mtu, cancellationToken);
            return guest;
        }
        catch
        {
            await guest.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gets a lease by dhclient and sets addresses, routes, MTU and resolver as it says.</summary>
    /// <exception cref="EdgeException">dhclient is missing or got no lease.</exception>
    public async Task<GuestLease> AcquireLeaseAsync(CancellationToken cancellationToken)
    {
        var lease = await _client.AcquireAsync(cancellationToken);
        if (lease.Mtu is { } mtu)
        {
            await Ip("link", "set", "dev", Device, "mtu", $"{mtu}").RunAsync(cancellationToken);
        }
        await Ip("addr", "replace", $"{lease.Address}/{lease.PrefixLength}", "brd", "+", "dev", Device)
            .RunAsync(cancellationToken);
        foreach (var route in lease.Routes)
        {
            // RFC 3442: a next hop of 0.0.0.0 means that the destination is on the link.
            string[] via = route.NextHop.Equals(System.Net.IPAddress.Any)
                ? ["scope", "link"]
                : ["via", $"{route.NextHop}"];
            await Ip(["route", "replace", $"{route.Destination}", .. via, "dev", Device]).RunAsync(cancellationToken);
        }
        Directory.CreateDirectory(ConfigurationDirectory);
        var resolver = string.Concat(lease.DnsServers.Select(server => $"nameserver {server}\n"));
        await File.WriteAllTextAsync(Path.Combine(ConfigurationDirectory, "resolv.conf"), resolver, cancellationToken);
        return lease;
    }

    /// <summary>Runs a program in the guest to its end.</summary>
    public Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    ) =>
        new Command("ip", ["netns", "exec", Name, Executables.Find(program), .. arguments]).CaptureAsync(
            cancellationToken
        );

    async Task AttachAsync(string bridge, PhysicalAddress mac, int mtu, CancellationToken cancellationToken)
    {
        string[] size = mtu > 0 ? ["mtu", $"{mtu}"] : [];
        await Command.Ip(null, "netns", "add", Name).RunAsync(cancellationToken);
        await Ip("link", "set", "dev", "lo", "alias", Mark, "up").RunAsync(cancellationToken);
        string[] inside = ["peer", "name", Device, "address", MacAddress.ToText(mac), .. size, "netns", Name];
        await Command
            .Ip(null, ["link", "add", "name", _bridgeEnd, .. size, "type", "veth", .. inside])
            .RunAsync(cancellationToken);
        await Command.Ip(null, "link", "set", "dev", _bridgeEnd, "alias", Mark).RunAsync(cancellationToken);
        if (LinkProvisioner.HostHasIpv6())
        {
            await LinkChanges.NoIpv6(_bridgeEnd).RunAsync(cancellationToken);
        }
        await Command.Ip(null, "link", "set", "dev", _bridgeEnd, "master", bridge, "up").RunAsync(cancellationToken);
        await Ip("link", "set", "dev", Device, "up").RunAsync(cancellationToken);
    }

    async Task RemoveLeftOverAsync(CancellationToken cancellationToken)
    {
        if (FileLookup.Exists(NetworkNamespace.PathOf(Name)))
        {
            var links = LinkInfo.Parse(
                await Ip("-details", "-json", "addr", "show", "dev", "lo").RunAsync(cancellationToken)
            );
            if (links is not [{ Alias: Mark }])
            {
                throw new EdgeException(
                    $"The namespace {Name} exists already and was not made here; it is left alone."
                );
            }
            await RemoveAsync(cancellationToken);
        }
    }

    async Task RemoveAsync(CancellationToken cancellationToken)
    {
        // First the link: the kernel takes it down with the namespace, but later.
        await Command.Ip(null, "link", "delete", "dev", _bridgeEnd).CaptureAsync(cancellationToken);
        await Command.Ip(null, "netns", "delete", Name).CaptureAsync(cancellationToken);
        if (FileLookup.Exists(ConfigurationDirectory))
        {
            Directory.Delete(ConfigurationDirectory, recursive: true);
        }
    }

    Command Ip(params string[] arguments) => Command.Ip(Name, arguments);

    /// <summary>Ends the DHCP client and removes the namespace and its interface.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await RemoveAsync(CancellationToken.None);
    }
}
