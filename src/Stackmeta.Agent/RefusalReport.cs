using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Agent;

/// <summary>Tells the operator of refusals: one bounded line each, and not more a minute than can be read.</summary>
sealed class RefusalReport(ILogger logger, TimeProvider time)
{
    readonly RefusalThrottle _throttle = new(time);

    /// <summary>In the place of what the proxy in front did not say.</summary>
    const string Unknown = "unknown";

    public void Write(HttpContext context, in Guest guest, Refusal refusal)
    {
        var level = LevelOf(refusal);
        if (!logger.IsEnabled(level) || !_throttle.MayWrite(refusal, out var suppressed))
        {
            return;
        }
        var description = RefusalDescription.Of(refusal);
        var target = RequestTarget.ForLog(context);
        var requestId = RequestObservation.Of(context)?.RequestId;
        var client = ClientOf(guest);
        Log.Refused(
            logger,
            level,
            description.Name,
            description.Status,
            new BoundedText(context.Request.Method),
            target,
            guest.Scope.KindName,
            new BoundedText(guest.Scope.Id ?? Unknown),
            client,
            requestId,
            suppressed
        );
    }

    public void Failed(HttpContext context, in Guest guest, Exception exception) =>
        Log.Failed(
            logger,
            exception,
            new BoundedText(context.Request.Method),
            RequestTarget.ForLog(context),
            ClientOf(guest)
        );

    static BoundedText ClientOf(in Guest guest) =>
        new(string.IsNullOrEmpty(guest.ClientAddress) ? Unknown : guest.ClientAddress);

    /// <summary>What guests do to themselves is told on demand; what an operator must mend, always.</summary>
    static LogLevel LevelOf(Refusal refusal) =>
        refusal switch
        {
            Refusal.RequestMalformed or Refusal.RequestTooLarge => LogLevel.Debug,
            Refusal.PortNotFound or Refusal.PortWithoutDevice => LogLevel.Information,
            _ => LogLevel.Warning,
        };
}
