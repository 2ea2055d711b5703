using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>One router of this host: its links, its rules and its metadata proxy. Used by one caller at a time.</summary>
sealed class ProvisionedRouter(
    Guid id,
    string mark,
    RouterFiles files,
    EdgeOptions options,
    IMetadataProxy proxy,
    ILogger logger
)
{
    volatile string? _failure;

    /// <summary>Rules are put in place once for each namespace, and once more by a new edge, whose rules may differ.</summary>
    bool _hasRules;

    public EdgeRouterStatus Status =>
        _failure is { } failure ? new(id, EdgeNetworkHealth.Failed, failure)
        : proxy.Fault is { } fault ? new(id, EdgeNetworkHealth.Degraded, fault)
        : new(id, EdgeNetworkHealth.Serving, null);

    /// <summary>Makes the machine be as wanted. What goes wrong becomes the status.</summary>
    public async Task ApplyAsync(EdgeRouter wanted, CancellationToken cancellationToken)
    {
        try
        {
            var name = DeviceNames.RouterNamespace(id);
            var hostHasIpv6 = LinkProvisioner.HostHasIpv6();
            DeleteDeadName(name);
            var state = await RouterState.ReadAsync(name, cancellationToken);
            if (RouterChanges.FindForeign(wanted, state, mark, File.Exists(files.Making)) is { } foreign)
            {
                throw new EdgeException(foreign);
            }
            if (state.Loopback is null)
            {
                // It would go on in a namespace that has lost its name.
                await proxy.StopAsync();
                _hasRules = false;
            }
            var commands = RouterChanges.Of(wanted, state, mark, hostHasIpv6).ToList();
            await LinkProvisioner.RunMarkedAsync(commands, files.Making, logger, cancellationToken);
            Directory.CreateDirectory(files.Directory);
            if (!_hasRules)
            {
                // Before anything listens: nobody may reach the proxy around them.
                await RouterRules.ApplyAsync(
                    name,
                    files.Directory,
                    options.PacketFilter,
                    hostHasIpv6,
                    cancellationToken
                );
                _hasRules = true;
            }
            await proxy.ServeAsync(new(EdgeScope.Router(id), name, hostHasIpv6 ? "any" : null), cancellationToken);
            _failure = null;
        }
        catch (Exception e) when (e is EdgeException or IOException or UnauthorizedAccessException or Win32Exception)
        {
            _failure = e.Message;
            Log.RouterFailed(logger, id, e.Message);
        }
    }

    /// <summary>Removes everything that was made for the router.</summary>
    /// <exception cref="EdgeException">Something could not be removed; the rest is.</exception>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await proxy.StopAsync();
        DeleteDeadName(DeviceNames.RouterNamespace(id));
        var state = await RouterState.ReadAsync(DeviceNames.RouterNamespace(id), cancellationToken);
        await LinkProvisioner.RunAsync(RouterChanges.Removal(id, state, mark), logger, cancellationToken);
        if (Directory.Exists(files.Directory))
        {
            Directory.Delete(files.Directory, recursive: true);
        }
    }

    /// <summary>The name is ours once the router has files: they come before the namespace and go after it.</summary>
    void DeleteDeadName(string name)
    {
        if (Directory.Exists(files.Directory))
        {
            NetworkNamespace.DeleteDead(name);
        }
    }

    /// <summary>Ends the proxy; links and rules stay.</summary>
    public Task StopProxyAsync() => proxy.StopAsync();
}

/// <summary>The files of one router, in a directory that exists as long as anything of the router does.</summary>
sealed class RouterFiles(string routersDirectory, Guid routerId)
{
    public string Directory { get; } = Path.Combine(routersDirectory, routerId.ToString());

    public string HaproxyConfiguration => Path.Combine(Directory, "haproxy.conf");

    /// <summary>There while something is being made that has no mark yet.</summary>
    public string Making => Path.Combine(Directory, "making");
}
