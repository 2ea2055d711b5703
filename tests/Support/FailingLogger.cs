using Microsoft.Extensions.Logging;

namespace Stackmeta.Tests.Support;

/// <summary>A log that cannot be written once, as on a full disk, but of a kind that no code looks for.</summary>
public sealed class FailingLogger<T> : ILogger<T>, ILoggerFactory
{
    public FailsOnce Lines { get; } = new();

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
    ) => Lines.Pass();
}
