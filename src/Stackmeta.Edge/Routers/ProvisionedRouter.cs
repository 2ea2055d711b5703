using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>One router on this host: its links, its rules, its metadata proxy and what guests are told of it.</summary>
sealed class ProvisionedRouter(
    Guid id,
    string mark,
    RouterFiles files,
    EdgeOptions options,
    IMetadataProxy proxy,
    RouterAdvertiser advertiser,
    ILogger logger
) : IRouterSteps
{
    readonly string _namespace = DeviceNames.RouterNamespace(id);
    readonly NamespaceBounds _bounds = new(
        DeviceNames.RouterNamespace(id),
        files.NeighbourRules,
        countsConnections: proxy is HaproxyProxy
    );

    /// <summary>Rules are put in place once for each namespace, and once more by a new edge, whose rules may differ.</summary>
    bool _hasRules;

    public string? Fault => proxy.Fault ?? advertiser.Fault ?? _bounds.Notice;

    public AppliedRouter? FindApplied() => AppliedFile.TryReadRouter(files.Applied);

    public Task<bool> TryWriteAppliedAsync(AppliedRouter applied, CancellationToken cancellationToken) =>
        AppliedFile.TryWriteAsync(files.Applied, applied, cancellationToken);

    public async Task<IReadOnlyDictionary<Guid, string>> ApplyLinksAsync(
        EdgeRouter wanted,
        CancellationToken cancellationToken
    )
    {
        var hostHasIpv6 = LinkProvisioner.HostHasIpv6();
        DeleteDeadName(_namespace);
        var state = await RouterState.ReadAsync(_namespace, cancellationToken);
        if (RouterChanges.FindForeign(wanted, state, mark, FileLookup.Exists(files.Making)) is { } foreign)
        {
            throw new EdgeException(foreign);
        }
        if (state.Loopback is null)
        {
            // They would go on in a namespace that has lost its name.
            await StopProcessesAsync();
            _bounds.Forget();
            _hasRules = false;
        }
        var common = RouterChanges.OfNamespace(wanted, state, mark, hostHasIpv6);
        await LinkProvisioner.RunMarkedAsync([.. common], files.Making, logger, cancellationToken);
        var failed = new Dictionary<Guid, string>();
        foreach (var port in wanted.Ports)
        {
            try
            {
                var commands = RouterChanges.OfInterface(wanted, port, state, mark, hostHasIpv6).ToList();
                if (commands.Count > 0)
                {
                    // Perhaps it is made anew, and its rules went with it.
                    _bounds.Forget();
                }
                await LinkProvisioner.RunMarkedAsync(commands, files.Making, logger, cancellationToken);
            }
            catch (EdgeException e)
            {
                // Its network may not be there: the others are to be reached all the same.
                failed[port.PortId] = e.Message;
            }
        }
        Directory.CreateDirectory(files.Directory);
        if (failed.Count > 0)
        {
            // What was made and not marked is known as ours by it.
            await File.WriteAllTextAsync(files.Making, "", cancellationToken);
        }
        await _bounds.ApplyAsync(
            wanted.Guests,
            [
                .. wanted
                    .Ports.Where(port => !failed.ContainsKey(port.PortId))
                    .Select(port => DeviceNames.RouterInterface(port.PortId)),
            ],
            forwards: true,
            cancellationToken
        );
        if (!_hasRules)
        {
            // Before anything listens: nobody may reach the proxy around them.
            await RouterRules.ApplyAsync(
                _namespace,
                files.Directory,
                options.PacketFilter,
                hostHasIpv6,
                cancellationToken
            );
            _hasRules = true;
        }
        return failed;
    }

    public async Task ServeAsync(EdgeRouter wanted, CancellationToken cancellationToken)
    {
        var hostHasIpv6 = LinkProvisioner.HostHasIpv6();
        await proxy.ServeAsync(new(EdgeScope.Router(id), _namespace, hostHasIpv6 ? "any" : null), cancellationToken);
        if (hostHasIpv6)
        {
            await advertiser.ServeAsync(wanted, _namespace, cancellationToken);
        }
    }

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await StopProcessesAsync();
        DeleteDeadName(_namespace);
        var state = await RouterState.ReadAsync(_namespace, cancellationToken);
        await LinkProvisioner.RunAsync(RouterChanges.Removal(id, state, mark), logger, cancellationToken);
        if (FileLookup.Exists(files.Directory))
        {
            Directory.Delete(files.Directory, recursive: true);
        }
    }

    /// <summary>The name is ours once the router has files: they come before the namespace and go after it.</summary>
    void DeleteDeadName(string name)
    {
        if (FileLookup.Exists(files.Directory))
        {
            NetworkNamespace.DeleteDead(name);
        }
    }

    public Task StopProcessesAsync() => Task.WhenAll(proxy.StopAsync(), advertiser.StopAsync());
}

/// <summary>The files of one router, in a directory that exists as long as anything of the router does.</summary>
sealed class RouterFiles(string routersDirectory, Guid routerId)
{
    public string Directory { get; } = Path.Combine(routersDirectory, routerId.ToString());

    public string HaproxyConfiguration => Path.Combine(Directory, "haproxy.conf");

    public string RadvdConfiguration => Path.Combine(Directory, "radvd.conf");

    /// <summary>radvd's pid file.</summary>
    public string RadvdProcess => Path.Combine(Directory, "radvd.pid");

    /// <summary>Which interfaces are in place now (<see cref="AppliedFile"/>).</summary>
    public string Applied => Path.Combine(Directory, "applied.json");

    /// <summary>The rules that bound the namespace's neighbours (<see cref="Edge.NeighbourRules"/>).</summary>
    public string NeighbourRules => Path.Combine(Directory, "neighbours.nft");

    /// <summary>There while something is being made that has no mark yet.</summary>
    public string Making => Path.Combine(Directory, "making");
}
