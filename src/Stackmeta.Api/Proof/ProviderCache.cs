using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Api;

/// <summary>The ports on providers' networks that were looked up lately, kept as long as a record is.</summary>
sealed class ProviderCache : IAnswerSource<ProviderKey, ProviderPortAnswer>
{
    readonly IAddressDirectory _directory;
    readonly AnswerCache<ProviderKey, ProviderPortAnswer> _ports;

    public ProviderCache(IAddressDirectory directory, AnswerCacheOptions options, TimeProvider time)
    {
        _directory = directory;
        _ports = new(this, options, time);
    }

    ProviderPortAnswer IAnswerSource<ProviderKey, ProviderPortAnswer>.Unavailable =>
        new(null, Refusal.PortDirectoryUnavailable, HasNetworks: false, Matches: 0);

    public ValueTask<ProviderPortAnswer> FindAsync(
        string providerId,
        string address,
        CancellationToken cancellationToken
    ) => _ports.GetAsync(new(providerId, address), cancellationToken);

    ValueTask<ProviderPortAnswer> IAnswerSource<ProviderKey, ProviderPortAnswer>.AskAsync(
        ProviderKey key,
        CancellationToken cancellationToken
    ) => _directory.FindPortOfProviderAsync(key.ProviderId, key.Address, cancellationToken);

    AnswerKind IAnswerSource<ProviderKey, ProviderPortAnswer>.KindOf(in ProviderPortAnswer answer) =>
        answer.Refusal switch
        {
            Refusal.None => AnswerKind.Found,
            Refusal.PortDirectoryUnavailable => AnswerKind.Unavailable,
            _ => AnswerKind.Absent,
        };

    long IAnswerSource<ProviderKey, ProviderPortAnswer>.SizeOf(ProviderKey key, in ProviderPortAnswer answer) =>
        InstanceSize.Of(key.ProviderId) + InstanceSize.Of(key.Address) + (answer.Port is null ? 0 : 400);
}

/// <summary>Whom a provider's load balancer asks for.</summary>
readonly record struct ProviderKey(string ProviderId, string Address);
