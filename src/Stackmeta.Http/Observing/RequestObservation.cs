using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>
/// What is known so far of the request that a connection is answering. Hops find it by <see cref="Request.Observation"/> and tell it what
/// they find out; nothing is allocated for it a request. Made once a connection, since HTTP/1 answers one request after the other.
/// </summary>
/// <remarks>Used by one request's own flow, so by one thread at a time.</remarks>
public sealed partial class RequestObservation
{
    readonly RequestObserver _observer;
    readonly PathStep? _server;
    readonly bool _takesRequestIds;

    Request _request = null!;
    int _status;
    string? _requestId;
    ObservedRequest? _snapshot;
    long _arrived;

    /// <param name="observer">Told when a request is over.</param>
    /// <param name="server">The hop that the connection's server is; null for none.</param>
    /// <param name="takesRequestIds">Whether callers are services, whose request ids and traces are gone on with.</param>
    internal RequestObservation(RequestObserver observer, PathStep? server, bool takesRequestIds)
    {
        _observer = observer;
        _server = server;
        _takesRequestIds = takesRequestIds;
    }

    /// <summary>The request's id, made or taken over when it is first asked for.</summary>
    public string RequestId =>
        _requestId ??= (_takesRequestIds ? RequestIds.Of(_request.Headers) : null) ?? RequestIds.Create();

    public Refusal Refusal { get; private set; }

    /// <summary>The hop that refused; null when none did.</summary>
    public PathStep? RefusedBy { get; private set; }

    /// <summary><c>network</c> or <c>router</c>; null when not known.</summary>
    public string? ScopeKind { get; private set; }

    public string? ScopeId { get; private set; }

    public string? Address { get; private set; }

    public string? InstanceId { get; private set; }

    /// <summary>Whether the guest went away before it was answered.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>The status code; 0 when the guest went away before it was answered.</summary>
    public int Status => IsAbandoned ? 0 : _status;

    public string Dialect => Http.Dialect.Of(_request.Target);

    /// <summary>Tells where the guest is and which address it has there.</summary>
    /// <param name="kind"><c>network</c> or <c>router</c>.</param>
    /// <param name="id">The network's or router's id.</param>
    /// <param name="address">As it is written in log lines.</param>
    public void SetGuest(string kind, string id, string address) => (ScopeKind, ScopeId, Address) = (kind, id, address);

    /// <summary>Tells which instance asks, once that is proven, and from where if that is known.</summary>
    public void SetInstance(string? id, string? address)
    {
        InstanceId = id;
        Address ??= address;
    }

    /// <summary>Tells that the request is refused by the hop that has it now.</summary>
    public void Refuse(Refusal refusal)
    {
        Refusal = refusal;
        RefusedBy = CurrentHop;
    }

    /// <summary>Tells that the guest has gone away.</summary>
    public void Abandon() => IsAbandoned = true;

    /// <summary>Tells of bytes that were no request, and were answered by the server itself.</summary>
    internal void RefuseUnreadable(Refusal refusal, int status) => _observer.CountUnreadable(_server, refusal, status);

    /// <summary>Tells which status the response has, as soon as that is known.</summary>
    internal void Answer(int status) => _status = status;

    internal void Begin(Request request)
    {
        (_request, _status) = (request, 0);
        (_requestId, _snapshot, IsAbandoned) = (null, null, false);
        (ScopeKind, ScopeId, Address, InstanceId) = (null, null, null, null);
        (Refusal, RefusedBy) = (Refusal.None, null);
        _arrived = _observer.Now;
        _count = 0;
        if (_server is { } hop)
        {
            Enter(hop);
        }
    }

    internal void End()
    {
        LeaveFrom(0);
        _observer.Ended(this);
        _request = null!;
    }

    /// <summary>An immutable copy; the same for all who ask for it during one <see cref="IRequestListener.Ended"/>.</summary>
    public ObservedRequest Snapshot()
    {
        if (_snapshot is not null)
        {
            return _snapshot;
        }
        var duration = _observer.Since(_arrived);
        return _snapshot = new ObservedRequest
        {
            Time = _observer.Clock - duration,
            RequestId = RequestId,
            TraceId = _slots[0].Activity?.TraceId.ToHexString(),
            Method = new BoundedText(_request.Method).ToString(),
            Target = _request.TargetForLog.ToString(),
            Dialect = Dialect,
            Status = Status,
            Refusal = Refusal,
            RefusedBy = RefusedBy,
            ScopeKind = ScopeKind,
            ScopeId = Bounded(ScopeId),
            Address = Bounded(Address),
            InstanceId = Bounded(InstanceId),
            Duration = duration,
            Steps = StepTimes(),
        };
    }

    static string? Bounded(string? text) => text is null ? null : new BoundedText(text).ToString();
}
