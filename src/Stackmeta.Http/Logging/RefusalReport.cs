using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>Decides which refusals the operator is told of, how loudly, and not more a minute than can be read.</summary>
/// <remarks>
/// Each hop writes the line itself, since each knows something else of who asked: the agent a network, the API an instance.
/// </remarks>
public sealed class RefusalReport(ILogger logger, TimeProvider time)
{
    readonly LogThrottle<Refusal> _throttle = new(time);

    /// <summary>Whether a line is to be written about a refusal, and what every hop tells in it.</summary>
    public bool IsToBeTold(Request request, Refusal refusal, out RefusalLine line)
    {
        var level = LevelOf(refusal);
        if (!logger.IsEnabled(level) || !_throttle.MayWrite(refusal, out var suppressed))
        {
            line = default;
            return false;
        }
        var description = RefusalDescription.Of(refusal);
        line = new(
            level,
            description.Name,
            description.Status,
            new(request.Method),
            request.TargetForLog,
            request.Observation?.RequestId,
            suppressed
        );
        return true;
    }

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
            Refusal.PortNotFound
            or Refusal.PortWithoutDevice
            or Refusal.ClientMacMismatch
            or Refusal.InstanceNotFound => LogLevel.Information,
            _ => LogLevel.Warning,
        };
}

/// <summary>What every hop tells of a refusal; none of it is secret, and all of it is short.</summary>
/// <param name="Level">How loudly.</param>
/// <param name="Name">The refusal's name.</param>
/// <param name="Status">The status that the guest got.</param>
/// <param name="Method">What was asked.</param>
/// <param name="Target">For which target, without its query.</param>
/// <param name="RequestId">By which the hops' lines find each other; null where requests are not observed.</param>
/// <param name="Suppressed">Lines about the same refusal that were left out since the last one.</param>
public readonly record struct RefusalLine(
    LogLevel Level,
    string Name,
    int Status,
    BoundedText Method,
    BoundedText Target,
    string? RequestId,
    long Suppressed
);
