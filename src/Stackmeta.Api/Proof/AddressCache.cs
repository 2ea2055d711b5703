using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Api;

/// <summary>The ports of callers' own addresses that were looked up lately, kept as long as a record is.</summary>
sealed class AddressCache : IAnswerSource<string, PortAnswer>
{
    readonly IAddressDirectory _directory;
    readonly AnswerCache<string, PortAnswer> _ports;

    public AddressCache(IAddressDirectory directory, AnswerCacheOptions options, TimeProvider time)
    {
        _directory = directory;
        _ports = new(this, options, time, StringComparer.Ordinal);
    }

    PortAnswer IAnswerSource<string, PortAnswer>.Unavailable => Refusal.PortDirectoryUnavailable;

    public ValueTask<PortAnswer> FindAsync(string address, CancellationToken cancellationToken) =>
        _ports.GetAsync(address, cancellationToken);

    ValueTask<PortAnswer> IAnswerSource<string, PortAnswer>.AskAsync(string key, CancellationToken cancellationToken) =>
        _directory.FindPortAsync(key, cancellationToken);

    AnswerKind IAnswerSource<string, PortAnswer>.KindOf(in PortAnswer answer) =>
        answer.Refusal switch
        {
            Refusal.None => AnswerKind.Found,
            Refusal.PortDirectoryUnavailable => AnswerKind.Unavailable,
            _ => AnswerKind.Absent,
        };

    long IAnswerSource<string, PortAnswer>.SizeOf(string key, in PortAnswer answer) =>
        InstanceSize.Of(key) + (answer.Port is null ? 0 : 400);
}
