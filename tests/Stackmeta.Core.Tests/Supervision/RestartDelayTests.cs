using Stackmeta.Core.Supervision;

namespace Stackmeta.Core.Tests.Supervision;

public sealed class RestartDelayTests
{
    [Fact]
    public void It_doubles_up_to_a_limit_and_starts_anew_after_a_long_run()
    {
        var delay = RestartDelay.ForProcesses();
        double[] seconds = [.. Enumerable.Range(0, 10).Select(_ => delay.After(TimeSpan.FromSeconds(1)).TotalSeconds)];
        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30], seconds);
        Assert.Equal(0.2, delay.After(TimeSpan.FromMinutes(1)).TotalSeconds);
        Assert.Equal(0.4, delay.After(TimeSpan.FromSeconds(1)).TotalSeconds);
    }
}
