using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Agent;

/// <summary>The ports that were looked up lately, by scope and address.</summary>
public sealed class PortCache : IAnswerSource<PortKey, PortAnswer>
{
    /// <summary>
    /// A port found a moment ago is believed even when the API knows no such instance; older ones are looked up once more.
    /// </summary>
    static readonly TimeSpan BelievedAge = TimeSpan.FromSeconds(1);

    readonly IPortDirectory _directory;
    readonly AnswerCache<PortKey, PortAnswer> _ports;
    readonly WakingNetworks? _waking;

    public PortCache(IPortDirectory directory, AnswerCacheOptions options, TimeProvider time)
    {
        _ports = new(this, options, time);
        _waking = directory is INetworkPortDirectory networks ? new(networks, _ports.Offer, time) : null;
        _directory = _waking ?? directory;
    }

    PortAnswer IAnswerSource<PortKey, PortAnswer>.Unavailable => Refusal.PortDirectoryUnavailable;

    /// <summary>How the cache fares.</summary>
    public AnswerCacheStatistics Statistics => _ports.Statistics;

    /// <summary>Networks that are asked for as a whole now, because many of their guests ask at once.</summary>
    public int NetworksWaking => _waking?.Listing ?? 0;

    /// <summary>The port of an address, or why there is none.</summary>
    public ValueTask<PortAnswer> FindAsync(PortKey key, CancellationToken cancellationToken) =>
        _ports.GetAsync(key, cancellationToken);

    /// <summary>The port of an address, for a request that may have waited for something else before.</summary>
    /// <param name="key">Where the guest is and which address it has there.</param>
    /// <param name="arrived">The timestamp at which its request arrived, from which patience is counted.</param>
    /// <param name="cancellationToken">The request's.</param>
    public ValueTask<PortAnswer> FindAsync(PortKey key, long arrived, CancellationToken cancellationToken) =>
        _ports.GetAsync(key, arrived, cancellationToken);

    /// <summary>
    /// The port of an address after the API has denied the instance of the one that was given, or its MAC is not the guest's: its address
    /// may have a new owner (LP#1868867).
    /// </summary>
    public ValueTask<PortAnswer> FindAgainAsync(PortKey key, long arrived, CancellationToken cancellationToken)
    {
        _ports.ForgetOlderThan(key, BelievedAge);
        return _ports.GetAsync(key, arrived, cancellationToken);
    }

    /// <summary>The port of an address after what was kept has turned out to be something else than packets obey now.</summary>
    public ValueTask<PortAnswer> FindAnewAsync(PortKey key, long arrived, CancellationToken cancellationToken)
    {
        _ports.Forget(key);
        return _ports.GetAsync(key, arrived, cancellationToken);
    }

    /// <summary>To be called when a port or its network has changed.</summary>
    public void ForgetNetwork(string networkId) =>
        // A router's ports may be on any network.
        _ports.ForgetWhere(key =>
            key.Scope.Kind == NetworkScopeKind.Router
            || string.Equals(key.Scope.Id, networkId, StringComparison.Ordinal)
        );

    /// <summary>To be called when anything may have changed.</summary>
    public void ForgetAll() => _ports.ForgetWhere(static _ => true);

    ValueTask<PortAnswer> IAnswerSource<PortKey, PortAnswer>.AskAsync(
        PortKey key,
        CancellationToken cancellationToken
    ) => _directory.FindPortAsync(key.Scope, key.Address, cancellationToken);

    AnswerKind IAnswerSource<PortKey, PortAnswer>.KindOf(in PortAnswer answer) =>
        answer.Refusal switch
        {
            Refusal.None => AnswerKind.Found,
            Refusal.PortDirectoryUnavailable => AnswerKind.Unavailable,
            _ => AnswerKind.Absent,
        };

    // Five texts of a uuid's or an address's length, 24 bytes around each, and the MACs.
    long IAnswerSource<PortKey, PortAnswer>.SizeOf(PortKey key, in PortAnswer answer) =>
        (2 * (key.Scope.Id.Length + key.Address.Text.Length)) + (answer.Port is null ? 48 : 488);
}

/// <summary>Where a guest is and which address it has there.</summary>
public readonly record struct PortKey(NetworkScope Scope, GuestAddress Address);
