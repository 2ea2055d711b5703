using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>One network of this host: its links, its files, its dnsmasq and its haproxy. Used by one caller at a time.</summary>
/// <param name="changed">Told when <see cref="Status"/> may have changed.</param>
sealed class ProvisionedNetwork(
    Guid id,
    string runDirectory,
    NetworkFiles files,
    EdgeOptions options,
    ProcessStarter starter,
    TimeProvider time,
    ILogger logger,
    Action<ProvisionedNetwork> changed
)
{
    readonly string _mark = Ownership.MarkOf(id, runDirectory);

    // The rest is written by ApplyAsync and RemoveAsync only, and read by anyone.
    volatile SupervisedProcess? _dnsmasq;
    volatile SupervisedProcess? _haproxy;
    volatile string? _failure;
    volatile string? _notice;
    EdgeNetwork? _applied;

    public Guid Id => id;

    /// <summary>Now; changes by itself when a process ends or comes back.</summary>
    public EdgeNetworkStatus Status
    {
        get
        {
            if (_failure is { } failure)
            {
                return new(id, EdgeNetworkHealth.Failed, failure);
            }
            var reason = FaultOf(_dnsmasq) ?? FaultOf(_haproxy) ?? _notice;
            return new(id, reason is null ? EdgeNetworkHealth.Serving : EdgeNetworkHealth.Degraded, reason);
        }
    }

    /// <summary>The status that was last announced. Written and read under the lock of who announces.</summary>
    public EdgeNetworkStatus? Announced { get; set; }

    /// <summary>Makes the machine be as wanted. What goes wrong becomes the status.</summary>
    public async Task ApplyAsync(EdgeNetwork wanted, CancellationToken cancellationToken)
    {
        try
        {
            if (NetworkValidation.Check(wanted) is { } fault)
            {
                throw new EdgeException(fault);
            }
            var plan = LinkPlan.For(wanted, options, LinkProvisioner.HostHasIpv6(), _mark);
            var state = await LinkState.ReadAsync(plan, cancellationToken);
            if (LinkChanges.Kept(plan, state).Tap is null)
            {
                // They would go on in a namespace that has lost its name, or on an interface that is gone.
                await StopProcessesAsync();
            }
            await LinkProvisioner.ApplyAsync(plan, state, files.Making, logger, cancellationToken);
            var hasIpv6Address = await LinkProvisioner.SettleIpv6Async(plan, time, logger, cancellationToken);
            _notice =
                plan.HasIpv6 && MetadataDecision.HasAddress(options) && !hasIpv6Address
                    ? $"another host on the network has {MetadataAddress.Ipv6}: metadata over IPv4 only"
                    : null;
            Directory.CreateDirectory(files.Directory);
            await ApplyDhcpAsync(wanted, plan, cancellationToken);
            await ApplyProxyAsync(wanted, plan, hasIpv6Address, cancellationToken);
            _applied = wanted;
            _failure = null;
        }
        catch (Exception e) when (e is EdgeException or IOException or UnauthorizedAccessException)
        {
            _failure = e.Message;
        }
        changed(this);
    }

    /// <summary>Removes everything that was made for the network.</summary>
    /// <exception cref="EdgeException">Something could not be removed; the rest is.</exception>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await StopProcessesAsync();
        var plan = _applied is null
            ? LinkPlan.ForRemoval(id, _mark)
            : LinkPlan.For(_applied, options, LinkProvisioner.HostHasIpv6(), _mark);
        await LinkProvisioner.RemoveAsync(plan, files.Making, logger, cancellationToken);
        if (Directory.Exists(files.Directory))
        {
            Directory.Delete(files.Directory, recursive: true);
        }
    }

    /// <summary>Ends dnsmasq and haproxy; links and files stay.</summary>
    public async Task StopProcessesAsync()
    {
        var (dnsmasq, haproxy) = (_dnsmasq, _haproxy);
        (_dnsmasq, _haproxy) = (null, null);
        await Task.WhenAll(EndAsync(dnsmasq), EndAsync(haproxy));

        static Task EndAsync(SupervisedProcess? process) => process?.DisposeAsync().AsTask() ?? Task.CompletedTask;
    }

    async Task ApplyDhcpAsync(EdgeNetwork wanted, LinkPlan plan, CancellationToken cancellationToken)
    {
        if (!DnsmasqArguments.IsNeeded(wanted))
        {
            await ReplaceAsync(null, () => _dnsmasq, process => _dnsmasq = process);
            return;
        }
        var changedFiles =
            await WriteIfChangedAsync(files.Hosts, DnsmasqHostFiles.Hosts(wanted), cancellationToken)
            | await WriteIfChangedAsync(
                files.AdditionalHosts,
                DnsmasqHostFiles.AdditionalHosts(wanted),
                cancellationToken
            )
            | await WriteIfChangedAsync(files.Options, DnsmasqOptionsFile.Render(wanted, options), cancellationToken);
        var user = PosixUser.FindOrNobody(options.DnsmasqUser);
        var definition = new ProcessDefinition
        {
            Program = "dnsmasq",
            Arguments = DnsmasqArguments.For(wanted, options, files),
            Namespace = plan.Namespace,
            User = user,
            // Ports 53, 67 and 547; answers to hosts that have no address yet; and the ARP entries for those.
            Capabilities = ["net_bind_service", "net_raw", "net_admin"],
            Ports = [new("udp", 67), new("udp6", 547), new("tcp", 53)],
        };
        if (_dnsmasq?.Definition.IsSameAs(definition) == true)
        {
            if (changedFiles)
            {
                _dnsmasq.Signal(Libc.SigHup);
                ReleaseGone(wanted, plan);
            }
            return;
        }
        var existing = File.Exists(files.Leases) ? await File.ReadAllTextAsync(files.Leases, cancellationToken) : "";
        await ReplaceAsync(
            definition,
            () => _dnsmasq,
            process => _dnsmasq = process,
            // Between the end of the old one, which writes its leases, and the start of the new.
            () =>
            {
                File.WriteAllText(files.Leases, DnsmasqHostFiles.InitialLeases(wanted, existing));
                NetworkNamespace.Checked(Libc.ChangeOwner(files.Leases, user.Uid, user.Gid), "chown");
            }
        );
    }

    async Task ApplyProxyAsync(
        EdgeNetwork wanted,
        LinkPlan plan,
        bool hasIpv6Address,
        CancellationToken cancellationToken
    )
    {
        if (!MetadataDecision.IsServed(wanted, options))
        {
            await ReplaceAsync(null, () => _haproxy, process => _haproxy = process);
            File.Delete(files.HaproxyConfiguration);
            return;
        }
        string[] ipv6 = hasIpv6Address ? [$"[{MetadataAddress.Ipv6}]:{MetadataAddress.Port} interface {plan.Tap}"] : [];
        var text = HaproxyConfiguration.Render(
            id,
            ("X-Neutron-Network-ID", id),
            [$"{MetadataAddress.Ipv4}:{MetadataAddress.Port}", .. ipv6],
            options.MetadataProxySocket
        );
        var definition = new ProcessDefinition
        {
            Program = "haproxy",
            Arguments = ["-db", "-f", files.HaproxyConfiguration],
            Namespace = plan.Namespace,
            User = PosixUser.FindOrNobody(options.HaproxyUser),
            Capabilities = ["net_bind_service"],
            Ports = [new("tcp", MetadataAddress.Port)],
        };
        if (
            await WriteIfChangedAsync(files.HaproxyConfiguration, text, cancellationToken)
            || _haproxy?.Definition.IsSameAs(definition) != true
        )
        {
            await ReplaceAsync(definition, () => _haproxy, process => _haproxy = process);
        }
    }

    async Task ReplaceAsync(
        ProcessDefinition? definition,
        Func<SupervisedProcess?> current,
        Action<SupervisedProcess?> set,
        Action? between = null
    )
    {
        if (current() is { } old)
        {
            set(null);
            await old.DisposeAsync();
        }
        between?.Invoke();
        if (definition is not null)
        {
            var process = new SupervisedProcess(definition, starter, time, logger, () => changed(this));
            set(process);
            await process.StartAsync();
        }
    }

    /// <summary>Gives back the addresses of ports that are gone or have got others.</summary>
    void ReleaseGone(EdgeNetwork wanted, LinkPlan plan)
    {
        var kept = Pairs(wanted).ToHashSet();
        foreach (var (mac, address) in _applied is null ? [] : Pairs(_applied).Where(pair => !kept.Contains(pair)))
        {
            if (wanted.Subnets.FirstOrDefault(subnet => subnet.Cidr.Contains(address))?.DhcpAddress is { } server)
            {
                DhcpRelease.Send(plan.Namespace, server, address, mac);
            }
        }
    }

    static IEnumerable<(PhysicalAddress Mac, IPAddress Address)> Pairs(EdgeNetwork network) =>
        from host in network.Hosts
        from address in host.Addresses
        where address.AddressFamily == AddressFamily.InterNetwork
        select (host.Mac, address);

    /// <summary>Replaces a file as a whole: a reader sees the old text or the new.</summary>
    static async Task<bool> WriteIfChangedAsync(string path, string text, CancellationToken cancellationToken)
    {
        if (File.Exists(path) && await File.ReadAllTextAsync(path, cancellationToken) == text)
        {
            return false;
        }
        var temporary = path + ".new";
        await File.WriteAllTextAsync(temporary, text, cancellationToken);
        File.Move(temporary, path, overwrite: true);
        return true;
    }

    static string? FaultOf(SupervisedProcess? process) =>
        process?.Fault is { } fault ? $"{process.Definition.Program} {fault}" : null;
}
