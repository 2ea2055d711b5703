using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Fuzz;

/// <summary>Keeps what is logged as an error, or with an exception: nothing that a client sends is one.</summary>
sealed class FaultLog : ILoggerFactory, ILogger
{
    readonly ConcurrentQueue<string> _faults = new();

    /// <summary>The first since the last call; null if there was none.</summary>
    public string? Take()
    {
        _faults.TryDequeue(out var first);
        _faults.Clear();
        return first;
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (logLevel >= LogLevel.Error || (exception is not null && IsEnabled(logLevel)))
        {
            _faults.Enqueue($"{eventId.Id} {formatter(state, exception)} {exception}");
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) { }

    public void Dispose() { }
}
