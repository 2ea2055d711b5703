using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>What the page makes of one request of a guest.</summary>
static class SeenRequest
{
    /// <summary>Whether it got an error that most guests do not come by at every boot.</summary>
    public static bool IsTrouble(TracedRequest request) =>
        (request.Refusal is not null || request.Status >= 400) && !UsualRefusals.Contain(request.Refusal);

    /// <summary>Whether the namespace itself asked: what 'stackmeta explain' sends to see whether somebody listens is no guest's.</summary>
    public static bool IsProbe(TracedRequest request) => request.Address is "169.254.169.254" or "fe80::a9fe:a9fe";

    /// <summary>The station that refused it, or the last that is known where a hop behind did; null when none did.</summary>
    public static Station? RefusedAt(TracedRequest request) =>
        !IsTrouble(request) ? null
        : request.RefusedBy is { } hop ? Stations.OfStep(hop)
        : Reached(request);

    /// <summary>The farthest station that it came to.</summary>
    public static Station? Reached(TracedRequest request)
    {
        Station? farthest = null;
        foreach (var (station, _) in Visits(request))
        {
            farthest = farthest > station ? farthest : station;
        }
        return farthest;
    }

    /// <summary>How long it took at a station with all that is behind it, in milliseconds; null when it was not there.</summary>
    public static double? TimeAt(TracedRequest request, Station station)
    {
        double? longest = null;
        foreach (var (visited, milliseconds) in Visits(request))
        {
            if (visited == station && !(milliseconds <= longest))
            {
                longest = milliseconds;
            }
        }
        return longest;
    }

    /// <summary>The stations of its steps. What an edge waits for is the agent, what an agent waits for the API.</summary>
    static IEnumerable<(Station Station, double Milliseconds)> Visits(TracedRequest request)
    {
        var isAtEdge = false;
        foreach (var step in request.Steps)
        {
            if (Stations.OfStep(step.Name) is { } station)
            {
                yield return (step.Name == "upstream" && isAtEdge ? Station.Agent : station, step.Milliseconds);
                isAtEdge = station == Station.Edge;
            }
        }
    }
}
