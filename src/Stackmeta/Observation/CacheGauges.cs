using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Stackmeta.Core.Caching;

namespace Stackmeta;

/// <summary>The caches of this process as metrics, each labelled with its name.</summary>
sealed class CacheGauges
{
    // Added to while hops start and exchanged by new settings; replaced as a whole.
    ImmutableArray<(KeyValuePair<string, object?>[] Tags, Func<AnswerCacheStatistics> Read)> _caches = [];

    public CacheGauges(Meter meter)
    {
        meter.CreateObservableGauge(
            "stackmeta.cache.entries",
            () => All(static cache => cache.Count),
            "{entry}",
            "Answers that are kept or being asked for."
        );
        meter.CreateObservableGauge(
            "stackmeta.cache.size",
            () => All(static cache => cache.Bytes),
            "By",
            "Estimated bytes of what is kept."
        );
        meter.CreateObservableCounter(
            "stackmeta.cache.hits",
            () => All(static cache => cache.Hits),
            "{request}",
            "Requests that were given a kept answer at once."
        );
        meter.CreateObservableCounter(
            "stackmeta.cache.misses",
            () => All(static cache => cache.Misses),
            "{request}",
            "Requests that had to wait for an answer."
        );
        meter.CreateObservableGauge(
            "stackmeta.cache.waiting",
            () => All(static cache => cache.Waiting),
            "{request}",
            "Requests that wait for an answer now; many of them are a storm."
        );
    }

    /// <summary>Shows a cache, in place of an earlier one of the name.</summary>
    public void Add(string name, Func<AnswerCacheStatistics> read) =>
        ImmutableInterlocked.Update(
            ref _caches,
            static (caches, added) =>
                caches.RemoveAll(cache => Equals(cache.Tags[0].Value, added.Tags[0].Value)).Add(added),
            (Tags: new KeyValuePair<string, object?>[] { new("cache", name) }, Read: read)
        );

    IEnumerable<Measurement<long>> All(Func<AnswerCacheStatistics, long> select) =>
        _caches.Select(cache => new Measurement<long>(select(cache.Read()), cache.Tags));
}
