namespace Stackmeta.Edge;

/// <summary>
/// Keeps guests of one namespace of ours from taking what is there for all: kernel settings, <see cref="NeighbourRules"/> and
/// <see cref="ConnectionRules"/>. All go with the namespace. Used by one caller at a time, except <see cref="Notice"/>.
/// </summary>
/// <param name="file">Where the rules are written for nft to read.</param>
/// <param name="countsConnections">Whether what serves there cannot tell guests apart.</param>
sealed class NamespaceBounds(string @namespace, string file, bool countsConnections)
{
    /// <summary>What is in force; null when that is not known.</summary>
    string? _applied;
    volatile string? _notice;

    /// <summary>Why guests are not bounded; null when they are.</summary>
    public string? Notice => _notice;

    /// <summary>The namespace is another one now, or will be.</summary>
    public void Forget() => _applied = null;

    /// <summary>
    /// Makes settings and rules be in force. That they cannot be is told by <see cref="Notice"/>: guests are served all the same.
    /// </summary>
    /// <param name="devices">The namespace's interfaces to guests.</param>
    /// <param name="forwards">Whether it is a router's.</param>
    public async Task ApplyAsync(
        NetworkAddresses addresses,
        IReadOnlyList<string> devices,
        bool forwards,
        CancellationToken cancellationToken
    )
    {
        var rules =
            NeighbourRules.Render(addresses, devices, forwards) + ConnectionRules.Render(countsConnections, forwards);
        if (rules == _applied)
        {
            return;
        }
        try
        {
            if (_applied is null)
            {
                await NamespaceKernelSettings
                    .CommandOf(@namespace, devices, LinkProvisioner.HostHasIpv6())
                    .RunAsync(cancellationToken);
            }
            _applied = null;
            if (!Executables.Has("nft"))
            {
                throw new EdgeException("this host has no nft: install it (Debian: nftables)");
            }
            await TextFile.WriteIfChangedAsync(file, rules, cancellationToken);
            await new Command("ip", ["netns", "exec", @namespace, Executables.Find("nft"), "-f", file]).RunAsync(
                cancellationToken
            );
            _applied = rules;
            _notice = null;
        }
        catch (EdgeException e)
        {
            _notice =
                $"one guest may fill the host's neighbour table{(countsConnections ? ", or take all connections of its haproxy" : "")}: {e.Message}";
        }
    }
}
