using System.Diagnostics.Metrics;
using Stackmeta.Http;

namespace Stackmeta.Admin;

/// <summary>
/// Which guests and which networks ask most, in bounded memory: the space-saving algorithm of Metwally, Agrawal and El Abbadi (ICDT 2005).
/// Whoever makes more than one in <see cref="Capacity"/> of all requests is among them.
/// </summary>
public sealed class TopTalkers : IRequestListener
{
    /// <summary>Who is counted one by one, guests and networks each.</summary>
    const int Capacity = 256;

    /// <summary>Who is shown.</summary>
    const int Shown = 20;

    /// <summary>Counts are halved so often, so that they tell of lately and not of ever.</summary>
    static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(1);

    readonly TimeProvider _time;
    readonly Sketch<(string Kind, string Id, string Address)> _guests = new(Capacity);
    readonly Sketch<(string Kind, string Id)> _networks = new(Capacity);
    readonly Lock _gate = new();

    // Under the gate, as both sketches.
    long _halvedAt;

    public TopTalkers(TimeProvider time)
    {
        _time = time;
        _halvedAt = time.GetTimestamp();
    }

    /// <summary>Adds the gauges that show them.</summary>
    public void Show(Meter meter)
    {
        meter.CreateObservableGauge(
            "stackmeta.top.guests",
            () =>
                Top(
                    _guests,
                    static guest => [new("scope", guest.Kind), new("id", guest.Id), new("address", guest.Address)]
                ),
            "{request}",
            "The guests who ask most: their requests, halved every minute."
        );
        meter.CreateObservableGauge(
            "stackmeta.top.networks",
            () => Top(_networks, static network => [new("scope", network.Kind), new("id", network.Id)]),
            "{request}",
            "The networks and routers whose guests ask most: their requests, halved every minute."
        );
    }

    void IRequestListener.Ended(RequestObservation request)
    {
        if (request is not { ScopeKind: { } kind, ScopeId: { } id, Address: { } address })
        {
            return;
        }
        lock (_gate)
        {
            Halve_NeedsLock();
            _guests.Count((kind, id, address));
            _networks.Count((kind, id));
        }
    }

    List<Measurement<long>> Top<T>(Sketch<T> sketch, Func<T, KeyValuePair<string, object?>[]> tagsOf)
        where T : notnull
    {
        lock (_gate)
        {
            Halve_NeedsLock();
            return
            [
                .. sketch
                    .All.OrderByDescending(static pair => pair.Count)
                    .Take(Shown)
                    .Select(pair => new Measurement<long>(pair.Count, tagsOf(pair.Item))),
            ];
        }
    }

    void Halve_NeedsLock()
    {
        for (
            ;
            _time.GetElapsedTime(_halvedAt) >= HalfLife;
            _halvedAt += (long)(HalfLife.TotalSeconds * _time.TimestampFrequency)
        )
        {
            if (_guests.IsEmpty && _networks.IsEmpty)
            {
                _halvedAt = _time.GetTimestamp();
                return;
            }
            _guests.Halve();
            _networks.Halve();
        }
    }

    /// <summary>Counts of the most frequent items; a newcomer takes over the place and the count of the least.</summary>
    sealed class Sketch<T>(int capacity)
        where T : notnull
    {
        readonly Dictionary<T, int> _places = [];
        readonly List<(T Item, long Count)> _counts = [];

        public bool IsEmpty => _counts.Count == 0;

        public IReadOnlyList<(T Item, long Count)> All => _counts;

        public void Count(T item)
        {
            if (_places.TryGetValue(item, out var place))
            {
                _counts[place] = (item, _counts[place].Count + 1);
            }
            else if (_counts.Count < capacity)
            {
                _places[item] = _counts.Count;
                _counts.Add((item, 1));
            }
            else
            {
                Replace(LeastPlace(), item);
            }
        }

        public void Halve()
        {
            for (var i = _counts.Count - 1; i >= 0; i--)
            {
                var (item, count) = _counts[i];
                if (count > 1)
                {
                    _counts[i] = (item, count / 2);
                    continue;
                }
                // The last takes the place of who is gone.
                _places.Remove(item);
                if (i < _counts.Count - 1)
                {
                    _counts[i] = _counts[^1];
                    _places[_counts[i].Item] = i;
                }
                _counts.RemoveAt(_counts.Count - 1);
            }
        }

        void Replace(int place, T item)
        {
            _places.Remove(_counts[place].Item);
            _places[item] = place;
            _counts[place] = (item, _counts[place].Count + 1);
        }

        int LeastPlace()
        {
            var least = 0;
            for (var i = 1; i < _counts.Count; i++)
            {
                if (_counts[i].Count < _counts[least].Count)
                {
                    least = i;
                }
            }
            return least;
        }
    }
}
