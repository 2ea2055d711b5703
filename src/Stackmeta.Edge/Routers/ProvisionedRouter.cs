using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>One router of this host: its links, its rules, its metadata proxy and what guests are told of it. Used by one caller at a time.</summary>
sealed class ProvisionedRouter(
    Guid id,
    string mark,
    RouterFiles files,
    EdgeOptions options,
    IMetadataProxy proxy,
    RouterAdvertiser advertiser,
    ILogger logger
)
{
    volatile string? _failure;

    /// <summary>Rules are put in place once for each namespace, and once more by a new edge, whose rules may differ.</summary>
    bool _hasRules;

    public EdgeRouterStatus Status =>
        _failure is { } failure ? new(id, EdgeNetworkHealth.Failed, failure)
        : (proxy.Fault ?? advertiser.Fault) is { } fault ? new(id, EdgeNetworkHealth.Degraded, fault)
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
                // They would go on in a namespace that has lost its name.
                await StopProcessesAsync();
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
            if (hostHasIpv6)
            {
                await advertiser.ServeAsync(wanted, name, cancellationToken);
            }
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
        await StopProcessesAsync();
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

    /// <summary>Ends the proxy and the advertisements; links and rules stay.</summary>
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

    /// <summary>There while something is being made that has no mark yet.</summary>
    public string Making => Path.Combine(Directory, "making");
}
