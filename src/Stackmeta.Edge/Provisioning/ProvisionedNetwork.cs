using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>One network on this host: its links, its packet rules, its DHCP server and its metadata proxy.</summary>
/// <param name="mark">What is ours carries it (<see cref="Ownership"/>).</param>
sealed class ProvisionedNetwork(
    Guid id,
    string mark,
    NetworkFiles files,
    EdgeOptions options,
    DhcpServer dhcp,
    IMetadataProxy proxy,
    TimeProvider time,
    ILogger logger
) : INetworkSteps
{
    readonly NamespaceBounds _bounds = new(
        DeviceNames.DhcpNamespace(id),
        files.NeighbourRules,
        countsConnections: proxy is HaproxyProxy
    );

    // Written by ServeAsync only; read by anyone.
    volatile string? _notice;

    /// <summary>The plan that was carried out last; null before the first.</summary>
    LinkPlan? _links;

    public string? Fault => dhcp.Fault ?? proxy.Fault ?? _notice ?? _bounds.Notice;

    public AppliedNetwork? FindApplied() => AppliedFile.TryReadNetwork(files.Applied);

    public Task<bool> TryWriteAppliedAsync(AppliedNetwork applied, CancellationToken cancellationToken) =>
        AppliedFile.TryWriteAsync(files.Applied, applied, cancellationToken);

    public async Task ApplyRulesAsync(EdgeNetwork wanted, CancellationToken cancellationToken)
    {
        // They come before the bridge and go after it: without them nobody has been attached.
        if (
            !FileLookup.Exists(files.Directory)
            || (!FileLookup.Exists(files.PortRules) && !HostLink.Exists(DeviceNames.Bridge(id)))
        )
        {
            return;
        }
        using var security = await PortSecurity.LockAsync(files, cancellationToken);
        await (
            options.PortSecurity
                ? security.ApplyAsync(
                    wanted with
                    {
                        LinkLocalAddresses = options.LinkLocalAddresses,
                    },
                    joining: null,
                    cancellationToken
                )
                : security.RemoveAsync(id, cancellationToken)
        );
    }

    public async Task ServeAsync(EdgeNetwork wanted, Func<Task> beforeServing, CancellationToken cancellationToken)
    {
        var plan = LinkPlan.For(wanted, options, LinkProvisioner.HostHasIpv6(), mark);
        var hasFiles = FileLookup.Exists(files.Directory);
        var hasIpv6Address = await ApplyLinksAsync(plan, cancellationToken);
        Directory.CreateDirectory(files.Directory);
        await _bounds.ApplyAsync(NetworkAddresses.Of(wanted), [plan.Tap], forwards: false, cancellationToken);
        if (!hasFiles)
        {
            await ApplyRulesAsync(wanted, cancellationToken);
        }
        await beforeServing();
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
    }

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await StopProcessesAsync();
        var plan = _links ?? LinkPlan.ForRemoval(id, mark);
        DeleteDeadName(plan);
        await LinkProvisioner.RemoveAsync(plan, files.Making, logger, cancellationToken);
        if (FileLookup.Exists(files.PortRules))
        {
            using var security = await PortSecurity.LockAsync(files, cancellationToken);
            await security.RemoveAsync(id, cancellationToken);
        }
        if (FileLookup.Exists(files.Directory))
        {
            Directory.Delete(files.Directory, recursive: true);
        }
    }

    public Task StopProcessesAsync() => Task.WhenAll(dhcp.StopAsync(), proxy.StopAsync());

    /// <summary>The name is ours once the network has files: they come before the namespace and go after it.</summary>
    void DeleteDeadName(LinkPlan plan)
    {
        if (FileLookup.Exists(files.Directory))
        {
            NetworkNamespace.DeleteDead(plan.Namespace);
        }
    }

    /// <returns>Whether the IPv6 metadata address may be used.</returns>
    async Task<bool> ApplyLinksAsync(LinkPlan plan, CancellationToken cancellationToken)
    {
        DeleteDeadName(plan);
        var state = await LinkState.ReadAsync(plan, cancellationToken);
        if (LinkChanges.Kept(plan, state).Tap is null)
        {
            // They would go on in a namespace that has lost its name, or on an interface that is gone.
            _bounds.Forget();
            await StopProcessesAsync();
        }
        await LinkProvisioner.ApplyAsync(plan, state, files.Making, logger, cancellationToken);
        _links = plan;
        var hasIpv6Address = await LinkProvisioner.SettleIpv6Async(plan, time, logger, cancellationToken);
        _notice =
            plan.HasIpv6 && MetadataDecision.HasAddress(options) && !hasIpv6Address
                ? $"another host on the network has {MetadataAddress.Ipv6}: metadata over IPv4 only"
                : null;
        return hasIpv6Address;
    }
}
