using System.Collections.Immutable;
using Stackmeta.Http;

namespace Stackmeta.Admin;

/// <summary>Whether this process lives, has started, and could answer a request now.</summary>
public sealed class Health(TimeProvider time)
{
    /// <summary>How long one look may take, below the second or so after which those who watch give up.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    /// <summary>Findings are given so long again, so that those who ask often do not load what is looked at.</summary>
    static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(500);

    readonly Lock _gate = new();

    // All under the gate.
    ImmutableArray<HealthCheck> _checks = [];
    string _phase = "it has not begun";
    bool _isOpen;
    bool _wasReady;
    bool _isStopping;
    Task<ImmutableArray<NamedFinding>>? _look;
    long _lookedAt;

    /// <summary>Adds what is looked at from now on, in place of an earlier check of the name.</summary>
    public void Add(HealthCheck check)
    {
        lock (_gate)
        {
            _checks = _checks.RemoveAll(earlier => earlier.Name == check.Name).Add(check);
            _look = null;
        }
    }

    /// <summary>Says how far the start is, for example <c>the agent opens its socket</c>.</summary>
    public void Starting(string phase)
    {
        lock (_gate)
        {
            _phase = phase;
        }
    }

    /// <summary>All is open. Before, nothing is ready; the start is over once all was well.</summary>
    public void Started()
    {
        lock (_gate)
        {
            _isOpen = true;
            _look = null;
        }
    }

    /// <summary>From now on nothing is ready, so that no new requests are sent here.</summary>
    public void Stopping()
    {
        lock (_gate)
        {
            _isStopping = true;
        }
    }

    /// <summary>Whether the start is over: whether a request could be answered at any time since.</summary>
    public async Task<NamedFinding> LookAtStartAsync()
    {
        lock (_gate)
        {
            if (_wasReady)
            {
                return new("start", true, "");
            }
        }
        var lacking = (await LookAsync()).Where(static finding => !finding.IsWell).ToList();
        return lacking.Count == 0 ? new("start", true, "")
            : lacking[0].Name == "start" ? lacking[0]
            : new("start", false, $"waits for {lacking[0].Name}: {lacking[0].Reason}");
    }

    NamedFinding Opening
    {
        get
        {
            lock (_gate)
            {
                return new("start", _isOpen, _isOpen ? "" : _phase);
            }
        }
    }

    /// <summary>
    /// Looks at this process alone: that it answers, and that its doors are open. What is not well here, a new start may mend.
    /// </summary>
    public async Task<ImmutableArray<NamedFinding>> LookAtLifeAsync()
    {
        ImmutableArray<HealthCheck> checks;
        lock (_gate)
        {
            checks = _isStopping ? [] : _checks;
        }
        return [new("process", true, ""), .. await LookAtAllAsync([.. checks.Where(static check => check.IsDoor)])];
    }

    /// <summary>Looks at everything: the start first, then each check in the order in which it was added.</summary>
    public async Task<ImmutableArray<NamedFinding>> LookAsync()
    {
        Task<ImmutableArray<NamedFinding>> look;
        lock (_gate)
        {
            if (_isStopping)
            {
                return [new("stop", false, "it is stopping")];
            }
            if (_look is null || (_look.IsCompleted && time.GetElapsedTime(_lookedAt) >= Kept))
            {
                _lookedAt = time.GetTimestamp();
                _look = LookAtAllAsync(_checks);
            }
            look = _look;
        }
        ImmutableArray<NamedFinding> findings = [Opening, .. await look];
        if (findings.All(static finding => finding.IsWell))
        {
            lock (_gate)
            {
                _wasReady = true;
            }
        }
        return findings;
    }

    async Task<ImmutableArray<NamedFinding>> LookAtAllAsync(ImmutableArray<HealthCheck> checks) =>
        [.. await Task.WhenAll(checks.Select(LookAtAsync))];

    async Task<NamedFinding> LookAtAsync(HealthCheck check)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            var (isWell, reason) = await check.Look(deadline.Token).AsTask().WaitAsync(deadline.Token);
            return new(check.Name, isWell, reason);
        }
        catch (OperationCanceledException)
        {
            return new(check.Name, false, $"it said nothing within {Deadline.TotalSeconds} s");
        }
        catch (Exception e)
        {
            // A check that throws is a finding like any other.
            return new(check.Name, false, new BoundedText(e.Message).ToString());
        }
    }
}
