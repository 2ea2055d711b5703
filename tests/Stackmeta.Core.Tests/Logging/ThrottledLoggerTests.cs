using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Logging;
using Stackmeta.Tests.Support;

namespace Stackmeta.Core.Tests.Logging;

public sealed class ThrottledLoggerTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void Each_kind_of_line_is_written_60_times_a_minute_and_without_a_stack_trace()
    {
        using var log = new CollectingLogger();
        using var throttled = new ThrottledLoggerFactory(log, _time);
        for (var i = 0; i < 10_000; i++)
        {
            var logger = throttled.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");
            logger.Log(LogLevel.Error, new EventId(13), "bad request", Failure(), static (state, _) => state);
            logger.Log(LogLevel.Error, new EventId(14), "other", null, static (state, _) => state);
        }
        Assert.Equal((60, 60), (log.Of(13).Count, log.Of(14).Count));
        Assert.All(log.Lines, static line => Assert.DoesNotContain('\n', line));
        Assert.StartsWith(
            "bad request InvalidOperationException: what a client sent",
            log.Of(13)[0],
            StringComparison.Ordinal
        );

        _time.Advance(TimeSpan.FromMinutes(1));
        throttled
            .CreateLogger("Microsoft.AspNetCore.Server.Kestrel")
            .Log(LogLevel.Error, new EventId(14), "other", null, static (state, _) => state);
        Assert.Equal("other (9940 more like it were not logged)", log.Of(14)[^1]);
    }

    static InvalidOperationException Failure()
    {
        try
        {
            throw new InvalidOperationException("what a client\nsent".Replace('\n', ' '));
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }
}
