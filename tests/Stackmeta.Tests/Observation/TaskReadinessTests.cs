using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Admin;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Tests;

/// <summary>A process of which a loop does not run is not ready, and is again once it runs.</summary>
public sealed class TaskReadinessTests
{
    [Fact]
    public async Task Readiness_follows_the_loops()
    {
        var time = new FakeTimeProvider();
        var supervisor = new Supervisor(time, NullLogger<Supervisor>.Instance);
        var health = new Health(time);
        health.Add(HopChecks.Tasks(supervisor));
        health.Started();
        using var stop = new CancellationTokenSource();
        var isBroken = true;
        var running = supervisor.RunAsync(
            "namespaces",
            token => isBroken ? throw new IOException("broken") : Task.Delay(Timeout.Infinite, token),
            stop.Token
        );
        Assert.Contains(
            await health.LookAsync(),
            static finding => finding is { Name: "tasks", IsWell: false, Reason: "namespaces failed; the log says why" }
        );
        // It lives all the same: a new start would mend nothing.
        Assert.All(await health.LookAtLifeAsync(), static finding => Assert.True(finding.IsWell));
        isBroken = false;
        for (var tries = 0; !(await health.LookAsync()).All(static finding => finding.IsWell); tries++)
        {
            Assert.True(tries < 1000, "It is never ready again.");
            time.Advance(TimeSpan.FromMilliseconds(600));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
        }
        await stop.CancelAsync();
        await running;
    }
}
