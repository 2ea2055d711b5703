using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>A network's dnsmasq with its files. Used by one caller at a time, except <see cref="Fault"/>.</summary>
sealed class DhcpServer(EdgeOptions options, NetworkFiles files, SupervisedSlot process)
{
    /// <summary>What dnsmasq serves now; null when it does not run.</summary>
    EdgeNetwork? _served;

    /// <summary>Why leases are not given; null when they are, or need not be.</summary>
    public string? Fault => process.Fault;

    /// <summary>Serves the network's DHCP subnets. Other ports make dnsmasq read its files again; other subnets restart it.</summary>
    public async Task ServeAsync(EdgeNetwork network, string @namespace, CancellationToken cancellationToken)
    {
        if (!DnsmasqArguments.IsNeeded(network))
        {
            await StopAsync();
            return;
        }
        var isChanged =
            await TextFile.WriteIfChangedAsync(files.Hosts, DnsmasqHostFiles.Hosts(network), cancellationToken)
            | await TextFile.WriteIfChangedAsync(
                files.AdditionalHosts,
                DnsmasqHostFiles.AdditionalHosts(network),
                cancellationToken
            )
            | await TextFile.WriteIfChangedAsync(
                files.Options,
                DnsmasqOptionsFile.Render(network, options),
                cancellationToken
            );
        var user = PosixUser.FindOrNobody(options.DnsmasqUser);
        var definition = new ProcessDefinition
        {
            Program = "dnsmasq",
            Arguments = DnsmasqArguments.For(network, options, files),
            Namespace = @namespace,
            User = user,
            // Ports 53, 67 and 547; answers to hosts that have no address yet; and the ARP entries for those.
            Capabilities = ["net_bind_service", "net_raw", "net_admin"],
            Ports = [new("udp", 67), new("udp6", 547), new("tcp", 53)],
        };
        if (!process.Runs(definition))
        {
            await process.ReplaceAsync(definition, () => WriteLeases(network, user));
        }
        else if (isChanged)
        {
            process.Signal(Libc.SigHup);
            ReleaseGone(network, @namespace);
        }
        _served = network;
    }

    public Task StopAsync()
    {
        _served = null;
        return process.StopAsync();
    }

    /// <summary>dnsmasq rewrites the file while it runs, as its own user.</summary>
    void WriteLeases(EdgeNetwork network, PosixUser user)
    {
        var existing = FileLookup.Exists(files.Leases) ? File.ReadAllText(files.Leases) : "";
        File.WriteAllText(files.Leases, DnsmasqHostFiles.InitialLeases(network, existing));
        NetworkNamespace.Checked(Libc.ChangeOwner(files.Leases, user.Uid, user.Gid), "chown");
    }

    /// <summary>Gives back the addresses of ports that are gone or have got others.</summary>
    void ReleaseGone(EdgeNetwork network, string @namespace)
    {
        var kept = Pairs(network).ToHashSet();
        foreach (var (mac, address) in _served is null ? [] : Pairs(_served).Where(pair => !kept.Contains(pair)))
        {
            if (network.Subnets.FirstOrDefault(subnet => subnet.Cidr.Contains(address))?.DhcpAddress is { } server)
            {
                DhcpRelease.Send(@namespace, server, address, mac);
            }
        }
    }

    static IEnumerable<(PhysicalAddress Mac, IPAddress Address)> Pairs(EdgeNetwork network) =>
        from host in network.Hosts
        from address in host.Addresses
        where address.AddressFamily == AddressFamily.InterNetwork
        select (host.Mac, address);
}
