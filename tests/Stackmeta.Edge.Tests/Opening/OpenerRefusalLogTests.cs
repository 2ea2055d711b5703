using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Stackmeta.Edge.Tests;

/// <summary>OSSA-2012-003: what a stranger does makes the log no longer than can be read.</summary>
public sealed class OpenerRefusalLogTests
{
    [Fact]
    public void OSSA2012003_the_log_does_not_grow_with_the_questions()
    {
        var time = new FakeTimeProvider();
        var lines = new Lines();
        var log = new OpenerRefusalLog(time, lines);
        for (var count = 0; count < 10_000; count++)
        {
            log.Tell(OpenerRefusal.Stranger, (7, 12345));
        }
        Assert.Equal(60, lines.Count);
        // One kind keeps no other from being told.
        log.Tell(OpenerRefusal.NotAMetadataNamespace, (7, 12345), "default");
        Assert.Equal(
            "Process 7 of user 12345 is refused: default is no namespace that metadata is served in (0 more like it were not told.)",
            lines[^1]
        );
        time.Advance(TimeSpan.FromMinutes(1));
        log.Tell(OpenerRefusal.Stranger, (8, 12345));
        Assert.Equal(
            "Process 8 of user 12345 is refused: it is not the user that may ask, or asks from too many places (9940 more like it were not told.)",
            lines[^1]
        );
    }

    sealed class Lines : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Add(formatter(state, exception));
    }
}
