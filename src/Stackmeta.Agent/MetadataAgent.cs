using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Http;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta.Agent;

/// <summary>Finds out which instance asks, and has the metadata API answer it.</summary>
/// <remarks>
/// <code>
///  connection or headers ──► scope, address, MAC ──► port ──► as packets obey? ──► API ──► answer
///                            400                     404      503                  404: the port once more, then the API once more
///                                                    503                           503, 504, 500
/// </code>
/// An answer goes to the port that the connection had at its first request; for any other the connection is cut off. While ports cannot be looked up or the API cannot be reached, a request waits inside, for all together up to <see cref="AgentOptions.Patience"/>.
/// </remarks>
public sealed class MetadataAgent
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

    /// <summary>Answers a guest's request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var guest = default(Guest);
        using var step = RequestObservation.Enter(context, PathStep.Agent);
        try
        {
            var refusal = RequestTarget.TryGetOriginForm(context, out _)
                ? GuestIdentification.Identify(context, out guest)
                : Refusal.RequestMalformed;
            if (guest.Scope.Id is not null && refusal is not (Refusal.AddressHeaderMissing or Refusal.AddressMalformed))
            {
                RequestObservation.Of(context)?.SetGuest(guest.Scope.KindName, guest.Scope.Id, guest.ClientAddress);
            }
            if (refusal == Refusal.None)
            {
                refusal = await AnswerAsync(context, guest);
            }
            if (refusal != Refusal.None)
            {
                await RefuseAsync(context, guest, refusal);
            }
        }
        catch (Exception e)
        {
            await EndBadlyAsync(context, guest, e);
        }
    }

    async ValueTask<Refusal> AnswerAsync(HttpContext context, Guest guest)
    {
        var arrived = _time.GetTimestamp();
        PortAnswer found;
        using (RequestObservation.Enter(context, PathStep.Ports))
        {
            found = await _lookUp.FindAsync(guest, arrived, context.RequestAborted);
        }
        if (found.Port is not { } port)
        {
            return found.Refusal;
        }
        var bound = guest.Connection?.BoundPort;
        if (!IsSameOwner(bound, port))
        {
            return CutOff(context, guest);
        }

        var answer = await ForwardAsync(context, guest, port, arrived);
        if (answer.Refusal is not (Refusal.InstanceNotFound or Refusal.ProjectMismatch))
        {
            return answer.Refusal;
        }

        // The address may have passed to another instance since the port was looked up (LP#1868867).
        using var held = answer.Held;
        using (RequestObservation.Enter(context, PathStep.Ports))
        {
            found = await _lookUp.FindAgainAsync(guest, arrived, context.RequestAborted);
        }
        if (found.Port is { } again && again != port)
        {
            // What was answered before on this connection counts, not what has just been denied.
            if (!IsSameOwner(bound, again))
            {
                return CutOff(context, guest);
            }
            answer = await ForwardAsync(context, guest, again, arrived);
        }
        else if (found.Port is null)
        {
            return found.Refusal;
        }
        return answer.Held is { } theirs ? await theirs.GiveAsync(context) : answer.Refusal;
    }

    static bool IsSameOwner(Port? bound, Port port) =>
        bound is null || (bound.Id == port.Id && bound.DeviceId == port.DeviceId);

    /// <summary>The address has passed to another port: who has it now asks on a connection of its own.</summary>
    Refusal CutOff(HttpContext context, in Guest guest)
    {
        RequestObservation.Of(context)?.Abandon();
        if (_cutOff.MayWrite(out var suppressed))
        {
            Log.CutOff(_logger, guest, suppressed);
        }
        context.Abort();
        return Refusal.None;
    }

    async ValueTask<UpstreamAnswer> ForwardAsync(HttpContext context, Guest guest, Port port, long arrived)
    {
        guest.Connection?.BoundPort = port;
        if (guest.IsPortTold)
        {
            context.Response.Headers[GuestIdentification.PortHeader] = GuestIdentification.TextOf(port);
        }
        var identity = new RequestIdentity(port.DeviceId, port.ProjectId, guest.ClientAddress);
        RequestObservation.Of(context)?.SetInstance(identity.InstanceId, identity.ClientAddress);
        var answer = await _upstream.ForwardAsync(context, identity, arrived);
        return answer.Refusal == Refusal.MetadataApiUnreachable
            ? await WaitForUpstreamAsync(context, identity, arrived)
            : answer;
    }

    /// <summary>Forwards again and again, until the API is there or patience ends.</summary>
    async ValueTask<UpstreamAnswer> WaitForUpstreamAsync(HttpContext context, RequestIdentity identity, long arrived)
    {
        UpstreamAnswer answer = Refusal.MetadataApiUnreachable;
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
                await Task.Delay(pause, _time, context.RequestAborted);
                answer = await _upstream.ForwardAsync(context, identity, arrived);
            }
            return answer;
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }

    Task RefuseAsync(HttpContext context, in Guest guest, Refusal refusal)
    {
        if (_report.IsToBeTold(context, refusal, out var line))
        {
            Log.Refused(_logger, line, guest);
        }
        return Answer.WriteRefusalAsync(context, refusal);
    }

    /// <summary>The last resort: the guest went away, sent a body that cannot be read, or we are at fault.</summary>
    async Task EndBadlyAsync(HttpContext context, Guest guest, Exception exception)
    {
        if (BadRequest.RefusalOf(exception) == Refusal.None && BadRequest.IsAbandoned(context, exception))
        {
            RequestObservation.Of(context)?.Abandon();
            return;
        }
        if (context.Response.HasStarted)
        {
            // The guest must see that the answer is cut short, not take it for whole.
            Log.Failed(_failures, exception, context, guest);
            context.Abort();
            return;
        }
        if (BadRequest.RefusalOf(exception) is var refusal and not Refusal.None)
        {
            await RefuseAsync(context, guest, refusal);
            return;
        }
        Log.Failed(_failures, exception, context, guest);
        await Answer.WriteRefusalAsync(context, Refusal.MetadataApiFailed);
    }
}
