using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Tests.Support;

/// <summary>
/// What is to be seen of a loop or a background task that fails once. The supervisor's clock stands still until it is wound, so that the
/// state between failure and new start can be looked at. What the process says of itself comes from the same: readiness from
/// <see cref="Supervisor.Down"/>, the metrics from <see cref="Supervisor.Counts"/>.
/// </summary>
/// <param name="name">Of the task, as a literal: a test of the sources compares these with what the program has.</param>
public sealed class SupervisedCase(string name) : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Stackmeta.Core's events: a loop failed, it runs again, work failed that is not repeated.
    const int TaskFailed = 10;
    const int TaskRunsAgain = 12;
    const int WorkFailed = 13;

    readonly FakeTimeProvider _time = new();
    readonly CollectingLogger _log = new();
    Supervisor? _supervisor;

    public Supervisor Supervisor => _supervisor ??= new(_time, _log.CreateLogger<Supervisor>());

    SupervisedCount Count => Supervisor.Counts.SingleOrDefault(count => count.Name == name);

    bool IsDown =>
        Supervisor.Down.Any(down =>
            down == name || (down.StartsWith($"{name} (", StringComparison.Ordinal) && down.EndsWith(')'))
        );

    /// <summary>A loop: it is down and said to be, once, and then it is started again and runs.</summary>
    /// <param name="reason">What the log has to say of it.</param>
    public async Task SeeStartedAgainAsync(string reason = FailsOnce.Message)
    {
        await UntilAsync(() => Count.Failures > 0, "it fails");
        Assert.True(IsDown, $"{name} is not said to be down.");
        Assert.Equal(1, Count.Down);
        await UntilAsync(() => _log.Of(TaskFailed).Count > 0, "it is said");
        await UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return Supervisor.Down.Count == 0;
            },
            "it runs again"
        );
        Assert.Equal(new SupervisedCount(name, Restarts: 1, Failures: 1, Down: 0), Count);
        await UntilAsync(() => _log.Of(TaskRunsAgain).Count == 1, "that is said too");
        Said(TaskFailed, reason);
    }

    /// <summary>Work that nothing is started again for: it is said and counted, and the process stays ready.</summary>
    public async Task SeeReportedAsync()
    {
        await UntilAsync(() => Count.Failures > 0, "it fails");
        await UntilAsync(() => _log.Of(WorkFailed).Count > 0, "it is said");
        Assert.Equal(new SupervisedCount(name, Restarts: 0, Failures: 1, Down: 0), Count);
        Assert.Empty(Supervisor.Down);
        Said(WorkFailed, FailsOnce.Message);
    }

    void Said(int what, string reason)
    {
        var line = Assert.Single(_log.Of(what));
        Assert.StartsWith(name, line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var since = Stopwatch.GetTimestamp(); !condition(); )
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, $"It did not happen: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => _log.Dispose();
}
