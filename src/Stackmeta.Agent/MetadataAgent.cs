using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>Finds out which instance asks, and has the metadata API answer it.</summary>
/// <remarks>
/// <code>
///  connection or headers ──► scope, address, MAC ──► port ──► as packets obey? ──► API ──► answer
///                            400                     404      503                  404: the port once more, then the API once more
///                                                    503                           503, 504, 500
/// </code>
/// An answer goes to the port that the connection had at its first request; for any other the connection is cut off. While ports cannot be
/// looked up or the API cannot be reached, a request waits inside, for all together up to <see cref="AgentOptions.Patience"/>.
/// </remarks>
public sealed class MetadataAgent : IRequestHandler
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    readonly AgentOptions _options;
    readonly IMetadataUpstream _upstream;
    readonly AppliedLookUp _lookUp;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly ILogger _failures;
    readonly RefusalReport _report;
    readonly LogThrottle _cutOff;

    // Requests that wait for the API now; by Interlocked.
    int _waiters;

    /// <param name="options">How long requests wait.</param>
    /// <param name="ports">Where ports are looked up.</param>
    /// <param name="upstream">The API.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="applied">What packets obey; null where others see to the order of changes.</param>
    public MetadataAgent(
        AgentOptions options,
        PortCache ports,
        IMetadataUpstream upstream,
        TimeProvider time,
        ILogger logger,
        IAppliedPorts? applied = null
    )
    {
        _options = options;
        _lookUp = new(options, ports, applied, time);
        _upstream = upstream;
        _time = time;
        _logger = logger;
        _failures = logger.Throttled(time);
        _report = new(logger, time);
        _cutOff = new(time);
    }

    /// <summary>The response to a guest's request.</summary>
    public async ValueTask<Response> HandleAsync(Request request)
    {
        var guest = default(Guest);
        using var step = request.Enter(PathStep.Agent);
        try
        {
            var refusal = request.TryGetOriginForm(out _)
                ? GuestIdentification.Identify(request, out guest)
                : Refusal.RequestMalformed;
            if (guest.Scope.Id is not null && refusal is not (Refusal.AddressHeaderMissing or Refusal.AddressMalformed))
            {
                request.Observation?.SetGuest(guest.Scope.KindName, guest.Scope.Id, guest.ClientAddress);
            }
            return refusal == Refusal.None ? await AnswerAsync(request, guest) : Refuse(request, guest, refusal);
        }
        catch (Exception e)
        {
            return ResponseTo(e, request, guest);
        }
    }

    async ValueTask<Response> AnswerAsync(Request request, Guest guest)
    {
        var arrived = _time.GetTimestamp();
        PortAnswer found;
        using (request.Enter(PathStep.Ports))
        {
            found = await _lookUp.FindAsync(guest, arrived, request.Aborted);
        }
        if (found.Port is not { } port)
        {
            return Refuse(request, guest, found.Refusal);
        }
        var bound = guest.Connection?.BoundPort;
        if (!IsSameOwner(bound, port))
        {
            return CutOff(request, guest);
        }

        var answer = await ForwardAsync(request, guest, port, arrived);
        if (answer.Refusal is Refusal.InstanceNotFound or Refusal.ProjectMismatch)
        {
            // The address may have passed to another instance since the port was looked up (LP#1868867).
            using var held = answer.Held;
            using (request.Enter(PathStep.Ports))
            {
                found = await _lookUp.FindAgainAsync(guest, arrived, request.Aborted);
            }
            if (found.Port is not { } again)
            {
                answer = found.Refusal;
            }
            else if (again != port)
            {
                // What was answered before on this connection counts, not what has just been denied.
                if (!IsSameOwner(bound, again))
                {
                    return CutOff(request, guest);
                }
                port = again;
                answer = await ForwardAsync(request, guest, again, arrived);
            }
            if (answer.Held is { } theirs)
            {
                answer = await theirs.TakeAsync(request);
            }
        }
        var response = answer.Refusal == Refusal.None ? answer.Response : Refuse(request, guest, answer.Refusal);
        return guest.IsPortTold
            ? response.With(GuestIdentification.PortHeader, GuestIdentification.TextOf(port))
            : response;
    }

    static bool IsSameOwner(Port? bound, Port port) =>
        bound is null || (bound.Id == port.Id && bound.DeviceId == port.DeviceId);

    /// <summary>The address has passed to another port: who has it now asks on a connection of its own.</summary>
    Response CutOff(Request request, in Guest guest)
    {
        request.Observation?.Abandon();
        if (_cutOff.MayWrite(out var suppressed))
        {
            Log.CutOff(_logger, guest, suppressed);
        }
        return Response.CutOff;
    }

    async ValueTask<UpstreamResult> ForwardAsync(Request request, Guest guest, Port port, long arrived)
    {
        guest.Connection?.BoundPort = port;
        var identity = new RequestIdentity(port.DeviceId, port.ProjectId, guest.ClientAddress);
        request.Observation?.SetInstance(identity.InstanceId, identity.ClientAddress);
        var answer = await _upstream.ForwardAsync(request, identity, arrived);
        return answer.Refusal == Refusal.MetadataApiUnreachable
            ? await WaitForUpstreamAsync(request, identity, arrived)
            : answer;
    }

    /// <summary>Forwards again and again, until the API is there or patience ends.</summary>
    async ValueTask<UpstreamResult> WaitForUpstreamAsync(Request request, RequestIdentity identity, long arrived)
    {
        UpstreamResult answer = Refusal.MetadataApiUnreachable;
        try
        {
            if (Interlocked.Increment(ref _waiters) > _options.MaxWaiters)
            {
                return answer;
            }
            for (
                var pause = FirstPause;
                answer.Refusal == Refusal.MetadataApiUnreachable
                    && _time.GetElapsedTime(arrived) + pause < _options.Patience;
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause
            )
            {
                await Task.Delay(pause, _time, request.Aborted);
                answer = await _upstream.ForwardAsync(request, identity, arrived);
            }
            return answer;
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }

    Response Refuse(Request request, in Guest guest, Refusal refusal)
    {
        if (_report.IsToBeTold(request, refusal, out var line))
        {
            Log.Refused(_logger, line, guest);
        }
        return Response.Of(request, refusal);
    }

    /// <summary>The last resort: the guest went away, sent a body that cannot be read, or we are at fault.</summary>
    Response ResponseTo(Exception exception, Request request, in Guest guest)
    {
        if (BadRequest.RefusalOf(exception) is var refusal and not Refusal.None)
        {
            return Refuse(request, guest, refusal);
        }
        if (BadRequest.IsAbandoned(exception, request.Aborted))
        {
            request.Observation?.Abandon();
            return Response.CutOff;
        }
        Log.Failed(_failures, exception, request, guest);
        return Response.Of(request, Refusal.MetadataApiFailed);
    }
}
