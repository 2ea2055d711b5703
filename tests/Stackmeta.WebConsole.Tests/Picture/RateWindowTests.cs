using CsCheck;

namespace Stackmeta.WebConsole.Tests;

public sealed class RateWindowTests
{
    static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    [Fact]
    public void A_rate_is_the_mean_of_the_last_ten_whole_seconds()
    {
        var window = new RateWindow();
        for (var second = 0; second < 10; second++)
        {
            window.Add(Start.AddSeconds(second), 3);
        }
        Assert.Equal(3, window.PerSecond(Start.AddSeconds(10)));
        Assert.Equal(1.5, window.PerSecond(Start.AddSeconds(15)));
        Assert.Equal(0, window.PerSecond(Start.AddSeconds(20)));
    }

    [Fact]
    public void What_comes_late_counts_where_it_belongs_and_what_is_too_late_nowhere()
    {
        var window = new RateWindow();
        window.Add(Start.AddSeconds(30));
        window.Add(Start.AddSeconds(5));
        window.Add(Start.AddSeconds(-100));
        Assert.Equal(2, window.Total(Start.AddSeconds(31)));
        Assert.Equal(1, window.Seconds(Start.AddSeconds(31))[^1]);
    }

    [Fact]
    public void It_counts_as_a_list_of_all_moments_would() =>
        Gen.Int[0, 200]
            .Array[0, 40]
            .Sample(moments =>
            {
                var window = new RateWindow();
                var sorted = moments.Order().ToArray();
                foreach (var moment in sorted)
                {
                    window.Add(Start.AddSeconds(moment));
                }
                var now = sorted.LastOrDefault() + 1;
                return window.Total(Start.AddSeconds(now))
                    == sorted.Count(moment => moment >= now - RateWindow.Length && moment < now);
            });
}
