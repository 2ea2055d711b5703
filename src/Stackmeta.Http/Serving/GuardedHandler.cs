using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>
/// The last resort of a request whose handler throws, the same whichever engine asked it. What a client caused, a body that it cut short or
/// a connection that it ended, is answered with its status and told to nobody; what we are at fault for is answered 500 and told in one
/// line, of which there are not more a minute than can be read.
/// </summary>
sealed class GuardedHandler(IRequestHandler handler, TimeProvider time, ILogger logger) : IRequestHandler
{
    readonly LogThrottle _lines = new(time);

    /// <summary>
    /// Whether this process is about to end: each response then closes its connection, so that callers connect anew (RFC 9112 §9.6).
    /// </summary>
    volatile bool _isLeaving;

    /// <summary>From the next response on.</summary>
    public void BeginLeaving() => _isLeaving = true;

    public ValueTask<Response> HandleAsync(Request request)
    {
        ValueTask<Response> handling;
        try
        {
            handling = handler.HandleAsync(request);
        }
        catch (Exception e)
        {
            return new(ResponseTo(request, e));
        }
        // Taken once, as a value task has to be.
        return handling.IsCompletedSuccessfully && !_isLeaving ? handling : FinishAsync(request, handling);
    }

    async ValueTask<Response> FinishAsync(Request request, ValueTask<Response> handling)
    {
        try
        {
            var response = await handling;
            return _isLeaving ? response with { Closes = true } : response;
        }
        catch (Exception e)
        {
            return ResponseTo(request, e);
        }
    }

    Response ResponseTo(Request request, Exception exception)
    {
        var refusal = BadRequest.RefusalOf(exception);
        if (refusal != Refusal.None)
        {
            // What is left of the request cannot be told from the next one.
            return Response.Of(request, refusal) with { Closes = true };
        }
        if (BadRequest.IsAbandoned(exception, request.Aborted))
        {
            request.Observation?.Abandon();
            return Response.CutOff;
        }
        if (_lines.MayWrite(out var suppressed))
        {
            var cause = exception.GetBaseException();
            Log.RequestFailed(logger, cause.GetType().Name, new BoundedText(cause.Message), suppressed);
            Log.RequestFailure(logger, exception);
        }
        return Response.Of(request, StatusCodes.Status500InternalServerError, contentType: null, default) with
        {
            Closes = true,
        };
    }
}
