using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>
/// Puts together what several processes tell of one request: the edge knows the guest, the API the reason. What is behind ends first, so an
/// account waits a little for one of a hop before it.
/// </summary>
sealed class RequestJoin
{
    /// <summary>How long an account waits: the feeds of one host are milliseconds apart, on a very busy one more.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Accounts that wait; more are not put together.</summary>
    const int Capacity = 512;

    /// <summary>Clocks are one host's, and yet an inner hop's start is rounded on its own.</summary>
    const double Slack = 1;

    readonly LinkedList<(TracedRequest Request, string Socket, DateTimeOffset Came)> _waiting = [];

    /// <summary>Takes an account in.</summary>
    public void Add(TracedRequest request, string socket, DateTimeOffset now)
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            var (other, otherSocket, came) = node.Value;
            if (otherSocket != socket && AreOne(request, other))
            {
                // The one that lasted longer is nearer to the guest.
                var (outer, inner) = request.Milliseconds >= other.Milliseconds ? (request, other) : (other, request);
                node.Value = (Joined(outer, inner), socket, came);
                return;
            }
        }
        _waiting.AddLast((request, socket, now));
    }

    /// <summary>Those that have waited long enough, or for whom nobody else is there to tell.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isAlone">Whether one process alone is watched.</param>
    public IEnumerable<TracedRequest> Take(DateTimeOffset now, bool isAlone)
    {
        while (
            _waiting.First is { } first && (isAlone || _waiting.Count > Capacity || now - first.Value.Came >= Patience)
        )
        {
            _waiting.RemoveFirst();
            yield return first.Value.Request;
        }
    }

    /// <summary>Agent and API agree on an id; the edge and an agent of another process only on whom they speak of, and when.</summary>
    static bool AreOne(TracedRequest one, TracedRequest other) =>
        one.RequestId == other.RequestId
        || (
            one.ScopeId is not null
            && one.ScopeId == other.ScopeId
            && one.Address == other.Address
            && one.Target == other.Target
            && one.Method == other.Method
            && !one.Steps.Any(step => other.Steps.Any(same => same.Name == step.Name && step.Name != "upstream"))
            && (Holds(one, other) || Holds(other, one))
        );

    static bool Holds(TracedRequest outer, TracedRequest inner) =>
        inner.Time >= outer.Time.AddMilliseconds(-Slack)
        && inner.Time.AddMilliseconds(inner.Milliseconds) <= outer.Time.AddMilliseconds(outer.Milliseconds + Slack);

    static TracedRequest Joined(TracedRequest outer, TracedRequest inner) =>
        outer with
        {
            RequestId = inner.RequestId,
            Refusal = inner.Refusal ?? outer.Refusal,
            RefusedBy = inner.RefusedBy ?? outer.RefusedBy,
            Scope = outer.Scope ?? inner.Scope,
            ScopeId = outer.ScopeId ?? inner.ScopeId,
            Address = outer.Address ?? inner.Address,
            InstanceId = inner.InstanceId ?? outer.InstanceId,
            Steps = [.. outer.Steps, .. inner.Steps],
        };
}
