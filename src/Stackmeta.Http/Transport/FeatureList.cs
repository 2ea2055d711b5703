using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>
/// A few features, looked through one by one: a connection has four, and a table for them would cost more than the connection's other
/// parts.
/// </summary>
/// <param name="behind">Asked for what is not here; null for nobody.</param>
sealed class FeatureList(IFeatureCollection? behind) : IFeatureCollection
{
    (Type Type, object Feature)[] _features = new (Type, object)[4];
    int _count;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get => Find(key) ?? behind?[key];
        set
        {
            Revision++;
            for (var i = 0; i < _count; i++)
            {
                if (_features[i].Type == key)
                {
                    if (value is not null)
                    {
                        _features[i].Feature = value;
                        return;
                    }
                    _features[i] = _features[--_count];
                    _features[_count] = default;
                    return;
                }
            }
            if (value is not null)
            {
                if (_count == _features.Length)
                {
                    Array.Resize(ref _features, _count * 2);
                }
                _features[_count++] = (key, value);
            }
        }
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <summary>Of this list only.</summary>
    public object? Find(Type key)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_features[i].Type == key)
            {
                return _features[i].Feature;
            }
        }
        return null;
    }

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        for (var i = 0; i < _count; i++)
        {
            yield return new(_features[i].Type, _features[i].Feature);
        }
        foreach (var feature in behind ?? Enumerable.Empty<KeyValuePair<Type, object>>())
        {
            if (Find(feature.Key) is null)
            {
                yield return feature;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
