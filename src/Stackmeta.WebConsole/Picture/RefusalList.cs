using System.Text.Json;
using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>Who was refused lately, from what each process remembers.</summary>
static class RefusalList
{
    /// <summary>
    /// What two processes remember of a guest's last refusal is so near: a guest that is refused all the time is seen by one a little
    /// before the other.
    /// </summary>
    static readonly TimeSpan Near = TimeSpan.FromSeconds(5);

    /// <summary>Of one request, each process remembers what it knows: put together, and the latest first.</summary>
    /// <param name="answers">What <c>/refusals</c> answered, a process each.</param>
    public static IReadOnlyList<RefusedGuest> Of(IEnumerable<JsonElement> answers)
    {
        var byRequest = new Dictionary<string, RefusedGuest>(StringComparer.Ordinal);
        foreach (var entry in answers.SelectMany(static answer => answer.GetProperty("refusals").EnumerateArray()))
        {
            var refused = new RefusedGuest(
                TracedRequest.Of(entry),
                entry.GetProperty("count").GetInt64(),
                entry.GetProperty("first").GetDateTimeOffset()
            );
            var id = refused.Last.RequestId;
            byRequest[id] = byRequest.TryGetValue(id, out var other) ? Joined(other, refused) : refused;
        }
        var all = byRequest
            .Values.Where(static refused => !SeenRequest.IsProbe(refused.Last))
            .OrderByDescending(static refused => refused.Last.Time)
            .ToList();
        var told = all.Where(static refused => refused.Last.Refusal is not null).ToList();
        return
        [
            .. all.Where(refused =>
                refused.Last.Refusal is not null || !told.Exists(other => Explains(other, refused))
            ),
        ];
    }

    /// <summary>
    /// Whether a refusal with a reason is what another process saw as a mere status, though they agree on no request: an edge and an agent
    /// never do.
    /// </summary>
    static bool Explains(RefusedGuest told, RefusedGuest seen) =>
        told.Last.Status == seen.Last.Status
        && (told.Last.Time - seen.Last.Time).Duration() < Near
        && (
            told.Last.Address is null
                ? told.Last.InstanceId is not null && told.Last.InstanceId == seen.Last.InstanceId
                : (told.Last.ScopeId, told.Last.Address) == (seen.Last.ScopeId, seen.Last.Address)
        );

    static RefusedGuest Joined(RefusedGuest one, RefusedGuest other)
    {
        // The hop that refused knows why; those before it only see the status.
        var (known, seen) = one.Last.Refusal is not null ? (one, other) : (other, one);
        return known with
        {
            Count = Math.Max(one.Count, other.Count),
            Last = known.Last with
            {
                Scope = known.Last.Scope ?? seen.Last.Scope,
                ScopeId = known.Last.ScopeId ?? seen.Last.ScopeId,
                Address = known.Last.Address ?? seen.Last.Address,
                InstanceId = known.Last.InstanceId ?? seen.Last.InstanceId,
            },
        };
    }
}

/// <summary>A guest that was refused.</summary>
/// <param name="Last">The last request that was refused so.</param>
/// <param name="Count">How often.</param>
/// <param name="First">When for the first time.</param>
sealed record RefusedGuest(TracedRequest Last, long Count, DateTimeOffset First);
