using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <content>The steps of the request's way, with their times, and the spans that are made of them while somebody traces.</content>
public sealed partial class RequestObservation
{
    /// <summary>A request has five or six steps; more come of a hop that tries again and again, and are not kept one by one.</summary>
    const int MaxSteps = 16;

    readonly Slot[] _slots = new Slot[MaxSteps];
    int _count;

    /// <summary>Begins a step. Within the same step it is that one which goes on.</summary>
    /// <returns>To be disposed of when the step is over.</returns>
    public StepScope Enter(PathStep step)
    {
        var within = Innermost;
        if (_count == MaxSteps || (within >= 0 && _slots[within].Step == step))
        {
            return default;
        }
        ref var slot = ref _slots[_count];
        slot = new Slot
        {
            Step = step,
            Began = _observer.Now,
            Within = within,
            Activity = _observer.Source.HasListeners() ? StartActivity(step, within) : null,
        };
        _observer.Entered(step);
        return new StepScope(this, _count++);
    }

    /// <summary>What is passed on to whom the current step waits for.</summary>
    public RequestTrail Trail()
    {
        var within = Innermost;
        var activity = within < 0 ? null : _slots[within].Activity;
        return new(RequestId, activity?.Id, activity?.TraceStateString);
    }

    PathStep? CurrentHop
    {
        get
        {
            for (var i = Innermost; i >= 0; i = _slots[i].Within)
            {
                if (PathSteps.IsHop(_slots[i].Step))
                {
                    return _slots[i].Step;
                }
            }
            return null;
        }
    }

    /// <summary>The step that was begun last and is not over; −1 when there is none.</summary>
    int Innermost
    {
        get
        {
            var i = _count - 1;
            while (i >= 0 && _slots[i].IsOver)
            {
                i--;
            }
            return i;
        }
    }

    /// <summary>Ends a step and, from the last to the first, what was begun within it and not ended.</summary>
    internal void LeaveFrom(int index)
    {
        for (var i = _count - 1; i >= index; i--)
        {
            ref var slot = ref _slots[i];
            if (slot.IsOver)
            {
                continue;
            }
            slot.IsOver = true;
            slot.Ended = _observer.Now;
            _observer.Left(slot.Step, _observer.Between(slot.Began, slot.Ended));
            if (slot.Activity is { } activity)
            {
                Describe(activity, slot.Step);
                activity.Stop();
            }
        }
    }

    /// <summary>The steps whose hop has taken the request in, each once.</summary>
    internal HopSet Hops
    {
        get
        {
            var hops = new HopSet();
            for (var i = 0; i < _count; i++)
            {
                hops.Add(_slots[i].Step);
            }
            return hops;
        }
    }

    ImmutableArray<StepTime> StepTimes()
    {
        var steps = ImmutableArray.CreateBuilder<StepTime>(_count);
        for (var i = 0; i < _count; i++)
        {
            ref var slot = ref _slots[i];
            var depth = 0;
            for (var outer = slot.Within; outer >= 0; outer = _slots[outer].Within)
            {
                depth++;
            }
            steps.Add(
                new(
                    slot.Step,
                    _observer.Between(_arrived, slot.Began),
                    _observer.Between(slot.Began, slot.Ended),
                    depth
                )
            );
        }
        return steps.MoveToImmutable();
    }

    Activity? StartActivity(PathStep step, int within)
    {
        var kind =
            within < 0 ? ActivityKind.Server
            : step == PathStep.Upstream ? ActivityKind.Client
            : ActivityKind.Internal;
        var parent = within >= 0 ? _slots[within].Activity?.Context ?? default : Caller();
        return _observer.Source.StartActivity(PathSteps.NameOf(step), kind, parent);
    }

    /// <summary>The caller's span, where callers are services; guests do not say what they are part of.</summary>
    ActivityContext Caller() =>
        _takesRequestIds
        && ActivityContext.TryParse(
            _request.Headers["traceparent"].ToString(),
            _request.Headers["tracestate"].ToString(),
            isRemote: true,
            out var caller
        )
            ? caller
            : default;

    void Describe(Activity activity, PathStep step)
    {
        if (!activity.IsAllDataRequested || !PathSteps.IsHop(step))
        {
            return;
        }
        activity.SetTag("http.request.method", new BoundedText(_request.Method).ToString());
        activity.SetTag("url.path", _request.TargetForLog.ToString());
        activity.SetTag("openstack.request_id", RequestId);
        SetTag(activity, ScopeKind == "router" ? "openstack.router.id" : "openstack.network.id", ScopeId);
        SetTag(activity, "client.address", Address);
        SetTag(activity, "openstack.instance.id", InstanceId);
        if (Status is var status and not 0)
        {
            activity.SetTag("http.response.status_code", status);
        }
        if (Refusal != Refusal.None)
        {
            activity.SetTag("error.type", RefusalDescription.Of(Refusal).Name);
            if (Status >= StatusCodes.Status500InternalServerError)
            {
                activity.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    static void SetTag(Activity activity, string name, string? text)
    {
        if (text is not null)
        {
            activity.SetTag(name, new BoundedText(text).ToString());
        }
    }

    struct Slot
    {
        public PathStep Step;
        public long Began;
        public long Ended;

        /// <summary>The step that holds this one; −1 for none.</summary>
        public int Within;
        public bool IsOver;
        public Activity? Activity;
    }
}

/// <summary>A step that is going on.</summary>
public readonly struct StepScope : IDisposable
{
    readonly RequestObservation? _request;
    readonly int _index;

    internal StepScope(RequestObservation request, int index) => (_request, _index) = (request, index);

    /// <summary>The step is over.</summary>
    public void Dispose() => _request?.LeaveFrom(_index);
}

/// <summary>Some of the hops.</summary>
struct HopSet
{
    int _bits;

    public void Add(PathStep step)
    {
        if (PathSteps.IsHop(step))
        {
            _bits |= 1 << (int)step;
        }
    }

    public readonly bool Contains(PathStep step) => (_bits & (1 << (int)step)) != 0;
}
