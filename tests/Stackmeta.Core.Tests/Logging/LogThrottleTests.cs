using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Logging;

namespace Stackmeta.Core.Tests.Logging;

public sealed class LogThrottleTests
{
    enum Reason
    {
        First,
        Second,
    }

    readonly FakeTimeProvider _time = new();

    [Fact]
    public void Sixty_lines_a_minute_are_written_and_the_next_minutes_first_tells_how_many_were_not()
    {
        var throttle = new LogThrottle(_time);
        Assert.Equal(60, Enumerable.Range(0, 10_000).Count(_ => throttle.MayWrite(out var _)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(throttle.MayWrite(out var suppressed));
        Assert.Equal(10_000 - 60, suppressed);
        Assert.True(throttle.MayWrite(out suppressed));
        Assert.Equal(0, suppressed);
    }

    [Fact]
    public void A_frequent_reason_hides_no_other()
    {
        var throttle = new LogThrottle<Reason>(_time);
        Assert.Equal(60, Enumerable.Range(0, 10_000).Count(_ => throttle.MayWrite(Reason.First, out var _)));
        Assert.True(throttle.MayWrite(Reason.Second, out _));
    }

    [Fact]
    public void Reasons_without_number_do_not_fill_the_memory_and_share_a_count()
    {
        var throttle = new LogThrottle<int>(_time);
        var written = Enumerable.Range(0, 10_000).Count(reason => throttle.MayWrite(reason, out var _));
        Assert.Equal(128 + 60, written);
    }
}
