using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>What goes on at one station.</summary>
sealed class StationPicture(Station station)
{
    /// <summary>Reasons that are told apart; Refusal has fewer.</summary>
    const int MaxReasons = 64;

    /// <summary>Reasons that are shown, those that most were refused for.</summary>
    const int ShownReasons = 3;

    readonly RateWindow _passed = new();
    readonly TimeSample _times = new();
    readonly Dictionary<string, RateWindow> _reasons = new(StringComparer.Ordinal);

    public Station Station => station;

    public void Take(TracedRequest request)
    {
        if (SeenRequest.TimeAt(request, station) is { } milliseconds)
        {
            _passed.Add(request.Time);
            _times.Add(milliseconds);
        }
        if (SeenRequest.RefusedAt(request) == station)
        {
            var reason = request.Refusal ?? request.ShownStatus;
            if (!_reasons.TryGetValue(reason, out var window))
            {
                if (_reasons.Count >= MaxReasons)
                {
                    return;
                }
                _reasons[reason] = window = new RateWindow();
            }
            window.Add(request.Time);
        }
    }

    /// <summary>What is shown of it.</summary>
    public StationState State(DateTimeOffset now) =>
        new(
            _passed.Total(now) > 0,
            _passed.PerSecond(now),
            _times.Median,
            _times.Slow,
            [
                .. _reasons
                    .Select(pair => new ReasonCount(pair.Key, pair.Value.Total(now)))
                    .Where(static reason => reason.Count > 0)
                    .OrderByDescending(static reason => reason.Count)
                    .ThenBy(static reason => reason.Reason, StringComparer.Ordinal)
                    .Take(ShownReasons),
            ]
        );
}

/// <summary>A station as it is now. Times are milliseconds until the station answered, with all that is behind it.</summary>
/// <param name="IsSeen">Whether a request came by within the last minute.</param>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="Median">Null before the first request.</param>
/// <param name="Slow">What one of twenty exceeds; null while there are too few to say.</param>
/// <param name="Reasons">What it refused for within the last minute, most first.</param>
readonly record struct StationState(
    bool IsSeen,
    double PerSecond,
    double? Median,
    double? Slow,
    IReadOnlyList<ReasonCount> Reasons
);

/// <summary>A reason for refusal and how often it was given within the last minute.</summary>
readonly record struct ReasonCount(string Reason, int Count);
