using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Metadata;
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
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/latest";
        Assert.Equal(60, Enumerable.Range(0, 10_000).Count(_ => report.IsToBeTold(context, refusal, out var _)));
        var other = refusal == Refusal.PathNotFound ? Refusal.PortNotFound : Refusal.PathNotFound;
        Assert.True(report.IsToBeTold(context, other, out _));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(report.IsToBeTold(context, refusal, out var line));
        Assert.Equal(10_000 - 60, line.Suppressed);
    }
}
