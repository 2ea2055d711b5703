using Stackmeta.Core.Caching;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Api;

/// <summary>The records of instances that were asked for lately, by instance id.</summary>
public sealed class InstanceCache : IAnswerSource<string, InstanceAnswer>
{
    readonly IInstanceSource _source;
    readonly AnswerCache<string, InstanceAnswer> _records;

    public InstanceCache(IInstanceSource source, AnswerCacheOptions options, TimeProvider time)
    {
        _source = source;
        _records = new(this, options, time, StringComparer.Ordinal);
    }

    InstanceAnswer IAnswerSource<string, InstanceAnswer>.Unavailable => Refusal.InstanceSourceUnavailable;

    /// <summary>Estimated bytes that the kept records take.</summary>
    public long Bytes => _records.Bytes;

    /// <summary>How the cache fares.</summary>
    public AnswerCacheStatistics Statistics => _records.Statistics;

    /// <summary>The record of an instance, or why there is none.</summary>
    public ValueTask<InstanceAnswer> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        _records.GetAsync(instanceId, cancellationToken);

    /// <summary>The record of an instance, for a request that may have waited for something else before.</summary>
    /// <param name="instanceId">What a port's device id says.</param>
    /// <param name="arrived">The timestamp at which the request arrived, from which its patience is counted.</param>
    /// <param name="cancellationToken">The request's.</param>
    public ValueTask<InstanceAnswer> FindAsync(string instanceId, long arrived, CancellationToken cancellationToken) =>
        _records.GetAsync(instanceId, arrived, cancellationToken);

    /// <summary>The record as it is stored now, or was less than a second ago: for decisions that must not rest on a kept one.</summary>
    public ValueTask<InstanceAnswer> FindStoredAsync(string instanceId, CancellationToken cancellationToken)
    {
        _records.ForgetOlderThan(instanceId, TimeSpan.FromSeconds(1));
        return _records.GetAsync(instanceId, cancellationToken);
    }

    /// <summary>Stores a password and shows it from then on.</summary>
    public async ValueTask<Refusal> SetPasswordAsync(
        string instanceId,
        string password,
        CancellationToken cancellationToken
    )
    {
        await PoolThread.Enter();
        var refusal = await _source.SetPasswordAsync(instanceId, password, cancellationToken);
        switch (refusal)
        {
            case Refusal.None:
                _records.Replace(
                    instanceId,
                    kept => kept.Instance is { } instance ? instance with { Password = password } : kept
                );
                break;
            case Refusal.PasswordAlreadySet or Refusal.PasswordInstanceGone:
                // What is kept says otherwise.
                _records.Forget(instanceId);
                break;
        }
        return refusal;
    }

    /// <summary>Keeps a record that came along with another answer, asked for at a timestamp.</summary>
    public void Offer(Instance instance, long askedAt) => _records.Offer(instance.Uuid, instance, askedAt);

    /// <summary>To be called when an instance's rows have changed.</summary>
    public void Forget(string instanceId) => _records.Forget(instanceId);

    /// <summary>To be called when anything may have changed.</summary>
    public void ForgetAll() => _records.ForgetWhere(static _ => true);

    ValueTask<InstanceAnswer> IAnswerSource<string, InstanceAnswer>.AskAsync(
        string key,
        CancellationToken cancellationToken
    ) => _source.FindInstanceAsync(key, cancellationToken);

    AnswerKind IAnswerSource<string, InstanceAnswer>.KindOf(in InstanceAnswer answer) =>
        answer.Refusal switch
        {
            Refusal.None => AnswerKind.Found,
            Refusal.InstanceSourceUnavailable => AnswerKind.Unavailable,
            Refusal.InstanceSourceFailed => AnswerKind.Failed,
            _ => AnswerKind.Absent,
        };

    long IAnswerSource<string, InstanceAnswer>.SizeOf(string key, in InstanceAnswer answer) =>
        InstanceSize.Of(key) + (answer.Instance is { } instance ? InstanceSize.Of(instance) : 0);
}
