using System.Text.Json;
using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>
/// The path as the page shows it: folds what the running processes tell, request by request, into stations, networks, guests and refusals.
/// Knows no clock and no socket; everything in it is bounded.
/// </summary>
sealed class PathPicture
{
    /// <summary>Networks whose rates are kept.</summary>
    public const int MaxNetworks = 4096;

    /// <summary>A guest counts as refused for so long.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);

    /// <summary>Requests that the page lets flow between two pictures; more would be a blur.</summary>
    const int MaxFlowing = 16;

    readonly List<StationPicture> _stations = [.. Stations.All.Select(static station => new StationPicture(station))];
    readonly Dictionary<string, RateWindow> _networks = new(StringComparer.Ordinal);
    readonly RateWindow _answered = new();
    readonly RateWindow _refusedRate = new();
    readonly RateWindow _missed = new();
    readonly SeenGuests _seen = new();
    readonly List<TracedRequest> _flowing = [];
    Dictionary<GuestKey, TracedRequest> _refused = [];

    /// <summary>The processes that run, by what they said last.</summary>
    public IReadOnlyList<ProcessState> Processes { get; set; } = [];

    /// <summary>Why no process is there; null while one is.</summary>
    public string? Absence { get; private set; }

    /// <summary>What the inventory has.</summary>
    public KnownGuests Known { get; set; } = KnownGuests.None;

    /// <summary>Who was refused lately, the latest first.</summary>
    public IReadOnlyList<RefusedGuest> Refusals { get; private set; } = [];

    /// <summary>No process answers, for this reason; or one does, when it is null.</summary>
    public void SetAbsence(string? why)
    {
        Absence = why;
        if (why is not null)
        {
            Processes = [];
        }
    }

    public void SetRefusals(IReadOnlyList<RefusedGuest> refusals, DateTimeOffset now)
    {
        Refusals = refusals;
        _refused = [];
        foreach (var refusal in refusals)
        {
            if (
                SeenRequest.IsTrouble(refusal.Last)
                && now - refusal.Last.Time < Lately
                && GuestList.KeyOf(refusal.Last, Known) is { } key
            )
            {
                _refused.TryAdd(key, refusal.Last);
            }
        }
    }

    /// <summary>Folds one request in.</summary>
    public void Take(TracedRequest request)
    {
        if (SeenRequest.IsProbe(request))
        {
            return;
        }
        var isTrouble = SeenRequest.IsTrouble(request);
        (isTrouble ? _refusedRate : _answered).Add(request.Time);
        _stations.ForEach(station => station.Take(request));
        if (_flowing.Count < MaxFlowing)
        {
            _flowing.Add(request);
        }
        else if (isTrouble && _flowing.FindIndex(static other => !SeenRequest.IsTrouble(other)) is >= 0 and var place)
        {
            // Who is refused is always shown before who is not.
            _flowing[place] = request;
        }
        if (GuestList.KeyOf(request, Known) is { } key)
        {
            _seen.Take(key, request);
            RateOf(key.Network)?.Add(request.Time);
        }
    }

    /// <summary>So many went by unseen, because there were more than could be told.</summary>
    public void TakeMissed(int count, DateTimeOffset now) => _missed.Add(now, count);

    /// <summary>All guests as they are now.</summary>
    public GuestList Guests => new(Known, _seen, _refused);

    /// <summary>Writes what is shown now, and forgets what has flowed.</summary>
    public void Write(Utf8JsonWriter json, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("time", now);
        json.WriteString("absence", Absence);
        json.WriteBoolean("inventory", Known.IsThere);
        PictureJson.Write(json, Processes);
        WriteRates(json, now);
        PictureJson.Write(json, _stations, Processes, now);
        NetworkRows.Write(json, this, NetworkRates(now));
        PictureJson.Write(json, Refusals, Guests, Known);
        PictureJson.WriteFlow(json, _flowing);
        json.WriteEndObject();
        _flowing.Clear();
    }

    /// <summary>The guests who were refused lately, by network.</summary>
    public IReadOnlyDictionary<string, int> RefusedByNetwork() =>
        _refused.Keys.CountBy(static key => key.Network).ToDictionary(StringComparer.Ordinal);

    /// <summary>Guests that asked or were refused and that the inventory does not have, by network.</summary>
    public IReadOnlyDictionary<string, int> StrangersByNetwork() =>
        _seen
            .All.Select(static guest => guest.Key)
            .Union(_refused.Keys)
            .Where(key => Known.ByAddress(key.Network, key.Address) is null)
            .CountBy(static key => key.Network)
            .ToDictionary(StringComparer.Ordinal);

    void WriteRates(Utf8JsonWriter json, DateTimeOffset now)
    {
        json.WriteNumber("answered_per_s", Math.Round(_answered.PerSecond(now), 1));
        json.WriteNumber("refused_per_s", Math.Round(_refusedRate.PerSecond(now), 1));
        json.WriteNumber("missed", _missed.Total(now));
        PictureJson.WriteNumbers(json, "answered", _answered.Seconds(now));
        PictureJson.WriteNumbers(json, "refused", _refusedRate.Seconds(now));
    }

    Dictionary<string, double> NetworkRates(DateTimeOffset now) =>
        _networks.ToDictionary(static pair => pair.Key, pair => pair.Value.PerSecond(now), StringComparer.Ordinal);

    RateWindow? RateOf(string network)
    {
        if (_networks.TryGetValue(network, out var rate))
        {
            return rate;
        }
        return _networks.Count >= MaxNetworks ? null : _networks[network] = new RateWindow();
    }
}
