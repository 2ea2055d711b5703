using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>One network of this host: its links, its DHCP server and its metadata proxy. Used by one caller at a time.</summary>
/// <param name="mark">What is ours carries it (<see cref="Ownership"/>).</param>
/// <param name="changed">Told when <see cref="Status"/> may have changed.</param>
sealed class ProvisionedNetwork(
    Guid id,
    string mark,
    NetworkFiles files,
    EdgeOptions options,
    DhcpServer dhcp,
    IMetadataProxy proxy,
    TimeProvider time,
    ILogger logger,
    Action<ProvisionedNetwork> changed
)
{
    // Written by ApplyAsync only; read by anyone.
    volatile string? _failure;
    volatile string? _notice;
    volatile string? _portNotice;
    volatile bool _isMade;

    /// <summary>The plan that was carried out last; null before the first.</summary>
    LinkPlan? _links;

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
            if (!_isMade)
            {
                return new(id, EdgeNetworkHealth.Starting, null);
            }
            var reason = dhcp.Fault ?? proxy.Fault ?? _notice ?? _portNotice;
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
            var plan = LinkPlan.For(wanted, options, LinkProvisioner.HostHasIpv6(), mark);
            var (hasIpv6Address, hasPorts) = await ApplyLinksAsync(plan, cancellationToken);
            Directory.CreateDirectory(files.Directory);
            await ApplyPortSecurityAsync(wanted, hasPorts, cancellationToken);
            await dhcp.ServeAsync(wanted, plan.Namespace, cancellationToken);
            if (MetadataDecision.IsServed(wanted, options))
            {
                await proxy.ServeAsync(
                    new(EdgeScope.Network(id), plan.Namespace, hasIpv6Address ? plan.Tap : null),
                    cancellationToken
                );
            }
            else
            {
                await proxy.StopAsync();
            }
            _failure = null;
            _isMade = true;
        }
        catch (Exception e) when (e is EdgeException or IOException or UnauthorizedAccessException or Win32Exception)
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
        var plan = _links ?? LinkPlan.ForRemoval(id, mark);
        DeleteDeadName(plan);
        await LinkProvisioner.RemoveAsync(plan, files.Making, logger, cancellationToken);
        if (File.Exists(files.PortRules))
        {
            using var security = await PortSecurity.LockAsync(files, cancellationToken);
            await security.RemoveAsync(id, cancellationToken);
        }
        if (Directory.Exists(files.Directory))
        {
            Directory.Delete(files.Directory, recursive: true);
        }
    }

    /// <summary>Ends DHCP server and proxy; links and files stay.</summary>
    public Task StopProcessesAsync() => Task.WhenAll(dhcp.StopAsync(), proxy.StopAsync());

    /// <summary>The name is ours once the network has files: they come before the namespace and go after it.</summary>
    void DeleteDeadName(LinkPlan plan)
    {
        if (Directory.Exists(files.Directory))
        {
            NetworkNamespace.DeleteDead(plan.Namespace);
        }
    }

    /// <summary>Attached guests may claim what their ports are now. Guests are served all the same when that cannot be ensured.</summary>
    async Task ApplyPortSecurityAsync(EdgeNetwork wanted, bool hasPorts, CancellationToken cancellationToken)
    {
        _portNotice = null;
        if (!hasPorts && !File.Exists(files.PortRules))
        {
            return;
        }
        try
        {
            using var security = await PortSecurity.LockAsync(files, cancellationToken);
            await (
                options.PortSecurity
                    ? security.ApplyAsync(wanted, joining: null, cancellationToken)
                    : security.RemoveAsync(id, cancellationToken)
            );
        }
        catch (EdgeException e)
        {
            _portNotice = $"guests may speak with others' addresses: {e.Message}";
        }
    }

    /// <returns>Whether the IPv6 metadata address may be used, and whether guests' interfaces are attached.</returns>
    async Task<(bool HasIpv6Address, bool HasPorts)> ApplyLinksAsync(LinkPlan plan, CancellationToken cancellationToken)
    {
        DeleteDeadName(plan);
        var state = await LinkState.ReadAsync(plan, cancellationToken);
        if (LinkChanges.Kept(plan, state).Tap is null)
        {
            // They would go on in a namespace that has lost its name, or on an interface that is gone.
            await StopProcessesAsync();
        }
        await LinkProvisioner.ApplyAsync(plan, state, files.Making, logger, cancellationToken);
        _links = plan;
        var hasIpv6Address = await LinkProvisioner.SettleIpv6Async(plan, time, logger, cancellationToken);
        _notice =
            plan.HasIpv6 && MetadataDecision.HasAddress(options) && !hasIpv6Address
                ? $"another host on the network has {MetadataAddress.Ipv6}: metadata over IPv4 only"
                : null;
        return (hasIpv6Address, state.HasAttachedPorts);
    }
}
