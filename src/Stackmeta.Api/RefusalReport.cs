using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Api;

/// <summary>Tells the operator of refusals: one bounded line each, never a signature, and not more a minute than can be read.</summary>
sealed class RefusalReport(ILogger logger, TimeProvider time)
{
    readonly RefusalThrottle _throttle = new(time);

    public void Write(HttpContext context, in RequestIdentity identity, Refusal refusal)
    {
        var level = LevelOf(refusal);
        if (!logger.IsEnabled(level) || !_throttle.MayWrite(refusal, out var suppressed))
        {
            return;
        }
        var description = RefusalDescription.Of(refusal);
        var target = RequestTarget.ForLog(context);
        var requestId = RequestObservation.Of(context)?.RequestId;
        Log.Refused(
            logger,
            level,
            description.Name,
            description.Status,
            new BoundedText(context.Request.Method),
            target,
            new BoundedText(identity.InstanceId),
            new BoundedText(identity.ClientAddress),
            requestId,
            suppressed
        );
    }

    public void Failed(HttpContext context, Exception exception) =>
        Log.Failed(logger, exception, new(context.Request.Method), RequestTarget.ForLog(context));

    /// <summary>What guests do to themselves is told on demand; what an operator must mend, always.</summary>
    static LogLevel LevelOf(Refusal refusal) =>
        refusal switch
        {
            Refusal.PathNotFound
            or Refusal.PathBelowLeaf
            or Refusal.PathMalformed
            or Refusal.UserDataAbsent
            or Refusal.PasswordMethodNotAllowed
            or Refusal.PasswordAlreadySet
            or Refusal.PasswordTooLarge
            or Refusal.PasswordNotText
            or Refusal.RequestMalformed
            or Refusal.RequestTooLarge => LogLevel.Debug,
            Refusal.InstanceNotFound => LogLevel.Information,
            _ => LogLevel.Warning,
        };
}
