using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Core.Logging;

/// <summary>Logs of a library, each throttled (<see cref="ThrottledLogger"/>): what it says of clients is not ours to choose.</summary>
public sealed class ThrottledLoggerFactory(ILoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(
            categoryName,
            static (name, own) => own.Inner.CreateLogger(name).Throttled(own.Time),
            (Inner: inner, Time: time)
        );

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <summary>The inner one is its owner's.</summary>
    public void Dispose() { }
}
