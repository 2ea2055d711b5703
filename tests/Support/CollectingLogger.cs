using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Tests.Support;

/// <summary>Keeps every log line of every level.</summary>
public sealed class CollectingLogger : ILoggerFactory, ILogger
{
    readonly ConcurrentQueue<(LogLevel Level, EventId Event, string Line)> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines.Select(l => l.Line)];

    public IReadOnlyList<string> Of(int eventId) => [.. _lines.Where(l => l.Event.Id == eventId).Select(l => l.Line)];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public void Dispose() { }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) =>
        _lines.Enqueue(
            (
                logLevel,
                eventId,
                exception is null ? formatter(state, null) : $"{formatter(state, exception)} {exception}"
            )
        );
}
