using Stackmeta.Core.Logging;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>
/// Keeps the rules of one network's bridge (<see cref="PortSecurityRules"/>): one table of our own, for the interfaces that carry a port's
/// mark. It is written by the edge when the inventory has changed, and by whoever attaches or detaches; one at a time.
/// </summary>
sealed class PortSecurity : IDisposable
{
    // Ten seconds in all; what is done under the lock takes some hundredths of one.
    const int LockTries = 500;
    static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    readonly NetworkFiles _files;
    readonly FileStream _lock;

    PortSecurity(NetworkFiles files, FileStream @lock)
    {
        _files = files;
        _lock = @lock;
    }

    /// <summary>Waits until nobody else changes the network's rules.</summary>
    /// <exception cref="EdgeException">Somebody does for too long, or the network's files are not there.</exception>
    public static async Task<PortSecurity> LockAsync(NetworkFiles files, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                // Released by the kernel when this process ends, however it ends. Nobody else may hold it.
                return new(
                    files,
                    new(
                        files.PortLock,
                        new FileStreamOptions
                        {
                            Mode = FileMode.OpenOrCreate,
                            Access = FileAccess.ReadWrite,
                            Share = FileShare.None,
                            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                        }
                    )
                );
            }
            catch (IOException e) when (e is not DirectoryNotFoundException && tries < LockTries)
            {
                await Task.Delay(LockPause, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new EdgeException($"The network's rules cannot be changed: {SystemReason.Of(e)}.", e);
            }
        }
    }

    /// <summary>Makes the rules be those of the marked interfaces that are on the bridge now.</summary>
    /// <param name="joining">One more that is about to come; null for none.</param>
    /// <exception cref="EdgeException">There is no nft, or it refuses.</exception>
    public async Task ApplyAsync(EdgeNetwork network, SecuredPort? joining, CancellationToken cancellationToken)
    {
        var bridge = DeviceNames.Bridge(network.Id);
        var onBridge = HostLink.Exists(bridge)
            ? LinkInfo.Parse(
                await Command
                    .Ip(null, "-details", "-json", "addr", "show", "master", bridge)
                    .RunAsync(cancellationToken)
            )
            : [];
        var ports = onBridge
            .Where(link => link.Index != joining?.Device)
            .Select(link => Ownership.PortOf(link.Alias) is { } id ? SecuredPort.Of(network, id, link.Index) : null)
            .Append(joining)
            .OfType<SecuredPort>()
            .ToList();
        if (ports.Count == 0)
        {
            await RemoveAsync(network.Id, cancellationToken);
            return;
        }
        if (!Executables.Has("nft"))
        {
            throw new EdgeException(
                "Port security needs nft, which this host has not: install it (Debian: nftables), or set edge.port_security=false."
            );
        }
        var rules = PortSecurityRules.Render(network, ports);
        await TextFile.WriteIfChangedAsync(_files.PortRules, rules, cancellationToken);
        // Also when the text is the same: a firewall that was loaded anew may have flushed it.
        await new Command("nft", "-f", _files.PortRules).RunAsync(cancellationToken);
        await PortSecurityTable.RemoveUnusedAsync(network.Id, rules, _files.UnusedPortRules, cancellationToken);
    }

    /// <summary>Removes the rules of the network, if there ever were any.</summary>
    /// <exception cref="EdgeException">nft refuses.</exception>
    public async Task RemoveAsync(Guid networkId, CancellationToken cancellationToken)
    {
        if (!FileLookup.Exists(_files.PortRules))
        {
            return;
        }
        if (Executables.Has("nft"))
        {
            await File.WriteAllTextAsync(_files.PortRules, PortSecurityRules.Removal(networkId), cancellationToken);
            await new Command("nft", "-f", _files.PortRules).RunAsync(cancellationToken);
        }
        File.Delete(_files.PortRules);
    }

    /// <summary>Lets others change the rules.</summary>
    public void Dispose() => _lock.Dispose();
}
