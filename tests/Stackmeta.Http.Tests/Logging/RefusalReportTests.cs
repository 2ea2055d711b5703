using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Http.Tests;

public sealed class RefusalReportTests
{
    public static TheoryData<Refusal> Refusals =>
        [.. Enum.GetValues<Refusal>().Where(static refusal => refusal != Refusal.None)];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_reason_that_comes_ten_thousand_times_a_minute_is_logged_60_times_and_hides_no_other(Refusal refusal)
    {
        using var log = new CollectingLogger();
        var time = new FakeTimeProvider();
        var report = new RefusalReport(log, time);
        var request = new Request();
        Assert.Equal(60, Enumerable.Range(0, 10_000).Count(_ => report.IsToBeTold(request, refusal, out var _)));
        var other = refusal == Refusal.PathNotFound ? Refusal.PortNotFound : Refusal.PathNotFound;
        Assert.True(report.IsToBeTold(request, other, out _));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(report.IsToBeTold(request, refusal, out var line));
        Assert.Equal(10_000 - 60, line.Suppressed);
    }
}
