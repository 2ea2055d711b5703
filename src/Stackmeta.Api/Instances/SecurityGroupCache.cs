using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Api;

/// <summary>Names of security groups that were asked for lately, kept as long as a record is.</summary>
sealed class SecurityGroupCache : IAnswerSource<string, SecurityGroupAnswer>
{
    readonly ISecurityGroupNames _source;
    readonly AnswerCache<string, SecurityGroupAnswer> _names;

    public SecurityGroupCache(ISecurityGroupNames source, AnswerCacheOptions options, TimeProvider time)
    {
        _source = source;
        _names = new(this, options, time, StringComparer.Ordinal);
    }

    SecurityGroupAnswer IAnswerSource<string, SecurityGroupAnswer>.Unavailable =>
        new(default, Refusal.SecurityGroupsUnavailable);

    /// <summary>The names, for a request that arrived at a timestamp, from which its patience is counted.</summary>
    public ValueTask<SecurityGroupAnswer> FindAsync(
        string instanceId,
        long arrived,
        CancellationToken cancellationToken
    ) => _names.GetAsync(instanceId, arrived, cancellationToken);

    ValueTask<SecurityGroupAnswer> IAnswerSource<string, SecurityGroupAnswer>.AskAsync(
        string key,
        CancellationToken cancellationToken
    ) => _source.FindNamesAsync(key, cancellationToken);

    AnswerKind IAnswerSource<string, SecurityGroupAnswer>.KindOf(in SecurityGroupAnswer answer) =>
        answer.Refusal == Refusal.None ? AnswerKind.Found : AnswerKind.Unavailable;

    long IAnswerSource<string, SecurityGroupAnswer>.SizeOf(string key, in SecurityGroupAnswer answer)
    {
        var size = InstanceSize.Of(key);
        foreach (var name in answer.Names.IsDefault ? [] : answer.Names)
        {
            size += InstanceSize.Of(name);
        }
        return size;
    }
}
