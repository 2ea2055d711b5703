using Microsoft.Extensions.Logging;

namespace Stackmeta.Core.Logging;

/// <summary>
/// A log for sites that clients can reach: each kind of line at most 60 times a minute, then a count in the next one, and no stack trace.
/// Lines of a kind have the same event id; a site whose reasons must not hide each other has a <see cref="LogThrottle{TReason}"/> of its
/// own.
/// </summary>
public sealed class ThrottledLogger(ILogger inner, TimeProvider time) : ILogger
{
    readonly LogThrottle<int> _throttle = new(time);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!inner.IsEnabled(logLevel) || !_throttle.MayWrite(eventId.Id, out var suppressed))
        {
            return;
        }
        inner.Log(
            logLevel,
            eventId,
            state,
            exception: null,
            (written, _) =>
            {
                var line = formatter(written, exception);
                var reason = exception is null ? "" : $" {FailureText.Of(exception)}";
                return suppressed == 0 ? line + reason : $"{line}{reason} ({suppressed} more like it were not logged)";
            }
        );
    }
}

/// <summary>Throttles what others log.</summary>
public static class ThrottledLogs
{
    /// <inheritdoc cref="ThrottledLogger"/>
    public static ILogger Throttled(this ILogger logger, TimeProvider time) => new ThrottledLogger(logger, time);
}
