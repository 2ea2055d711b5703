using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Stackmeta.OpenStack;

/// <summary>
/// A bounded memory in two generations: when the young one is full it becomes the old one, and the old one is dropped with all that was
/// not asked for meanwhile. Holds between one and two capacities, costs a look-up or two, needs no clock.
/// </summary>
sealed class RecentDictionary<TValue>(int capacity)
    where TValue : class
{
    // Replaced together under the lock; read without it, where a value missed in between is only asked for again.
    volatile ConcurrentDictionary<string, TValue> _young = new(StringComparer.Ordinal);
    volatile ConcurrentDictionary<string, TValue> _old = new(StringComparer.Ordinal);
    readonly Lock _turning = new();

    public bool TryGet(string key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
        {
            return true;
        }
        if (!_old.TryGetValue(key, out value))
        {
            return false;
        }
        Set(key, value);
        return true;
    }

    public void Set(string key, TValue value)
    {
        var young = _young;
        young[key] = value;
        if (young.Count > capacity)
        {
            lock (_turning)
            {
                if (_young == young)
                {
                    _old = young;
                    _young = new(StringComparer.Ordinal);
                }
            }
        }
    }

    public void Remove(string key)
    {
        _young.TryRemove(key, out _);
        _old.TryRemove(key, out _);
    }
}
