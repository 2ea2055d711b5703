using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Supervision;
using Stackmeta.Tests.Support;

namespace Stackmeta.Core.Tests.Supervision;

public sealed class SupervisorTests : IDisposable
{
    readonly FakeTimeProvider _time = new();
    readonly CollectingLogger _log = new();
    readonly CancellationTokenSource _stop = new();
    readonly Supervisor _supervisor;

    public SupervisorTests() => _supervisor = new(_time, _log.CreateLogger<Supervisor>());

    [Fact]
    public async Task A_loop_that_fails_is_started_again_and_missed_until_it_has_run_for_a_while()
    {
        var starts = new SemaphoreSlim(0);
        var fails = true;
        var running = _supervisor.RunAsync(
            "follower",
            async stop =>
            {
                starts.Release();
                if (fails)
                {
                    fails = false;
                    throw new InvalidOperationException("broken");
                }
                await Task.Delay(Timeout.Infinite, stop);
            },
            _stop.Token,
            "net1"
        );
        Assert.True(await starts.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal(["follower (net1)"], _supervisor.Down);

        await AdvanceUntilAsync(() => starts.CurrentCount > 0);
        Assert.Equal(["follower (net1)"], _supervisor.Down);
        await AdvanceUntilAsync(() => _supervisor.Down.Count == 0);

        Assert.Equal([new("follower", 1, 1, 0)], _supervisor.Counts);
        Assert.Contains("InvalidOperationException: broken", Assert.Single(_log.Of(10)), StringComparison.Ordinal);
        Assert.Single(_log.Of(12));
        await _stop.CancelAsync();
        await running;
    }

    /// <summary>
    /// Timers and timestamps are of two clocks; one that fires a millisecond early must not leave the loop down for good.
    /// </summary>
    [Fact]
    public async Task A_timer_that_comes_early_does_not_leave_a_loop_down()
    {
        var time = new EarlyClock();
        var supervisor = new Supervisor(time, _log.CreateLogger<Supervisor>());
        var fails = true;
        var running = supervisor.RunAsync(
            "follower",
            stop =>
            {
                if (fails)
                {
                    fails = false;
                    throw new InvalidOperationException("broken");
                }
                return Task.Delay(Timeout.Infinite, stop);
            },
            _stop.Token
        );
        for (var tries = 0; supervisor.Down.Count > 0; tries++)
        {
            Assert.True(tries < 2000, "It stays down.");
            time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
        }
        await _stop.CancelAsync();
        await running;
    }

    sealed class EarlyClock : FakeTimeProvider
    {
        int _timestamps;

        // Behind the timers by 7 ms once the loop runs again: its start, its failure and its second start come before.
        public override long GetTimestamp() =>
            base.GetTimestamp() - (Interlocked.Increment(ref _timestamps) > 3 ? TimestampFrequency * 7 / 1000 : 0);
    }

    [Fact]
    public async Task A_loop_that_ends_by_itself_is_started_again()
    {
        var starts = 0;
        var running = _supervisor.RunAsync(
            "follower",
            _ =>
            {
                Interlocked.Increment(ref starts);
                return Task.CompletedTask;
            },
            _stop.Token
        );
        await AdvanceUntilAsync(() => Volatile.Read(ref starts) >= 3);
        Assert.Contains("ended by itself", _log.Of(10)[0], StringComparison.Ordinal);
        await _stop.CancelAsync();
        await running;
        Assert.Empty(_supervisor.Down);
    }

    [Fact]
    public async Task A_loop_that_keeps_failing_is_down_all_the_while_and_logs_few_lines()
    {
        var running = _supervisor.RunAsync("follower", _ => throw new InvalidOperationException("broken"), _stop.Token);
        for (var minute = 0; minute < 60; minute++)
        {
            for (var second = 0; second < 60; second++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
                Assert.Single(_supervisor.Down);
            }
        }
        Assert.Single(_log.Of(10));
        Assert.InRange(_log.Of(11).Count, 1, 60 * 61);
        Assert.All(_log.Of(11), static line => Assert.DoesNotContain("\n", line, StringComparison.Ordinal));
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure_like_any_other()
    {
        var starts = 0;
        var running = _supervisor.RunAsync(
            "follower",
            _ =>
            {
                Interlocked.Increment(ref starts);
                throw new OperationCanceledException();
            },
            _stop.Token
        );
        await AdvanceUntilAsync(() => Volatile.Read(ref starts) >= 2);
        await _stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_loop_that_is_stopped_ends_without_a_word()
    {
        var running = _supervisor.RunAsync("follower", static stop => Task.Delay(Timeout.Infinite, stop), _stop.Token);
        await _stop.CancelAsync();
        await running;
        Assert.Empty(_log.Lines);
        Assert.Equal([new("follower", 0, 0, 0)], _supervisor.Counts);
    }

    [Fact]
    public async Task A_thread_stays_the_same_one_over_all_starts()
    {
        var threads = new System.Collections.Concurrent.ConcurrentQueue<int>();
        var thread = _supervisor.StartThread(
            "loop",
            stop =>
            {
                threads.Enqueue(Environment.CurrentManagedThreadId);
                if (threads.Count < 3)
                {
                    throw new InvalidOperationException("broken");
                }
                stop.WaitHandle.WaitOne();
            },
            _stop.Token
        );
        await AdvanceUntilAsync(() => threads.Count == 3);
        await AdvanceUntilAsync(() => _supervisor.Down.Count == 0);
        Assert.Single(threads.Distinct());
        Assert.Equal([new("loop", 2, 2, 0)], _supervisor.Counts);
        await _stop.CancelAsync();
        Assert.True(thread.Join(Patience));
    }

    [Fact]
    public async Task Work_that_nobody_waits_for_is_not_lost_without_a_word()
    {
        _supervisor.Start("refresh", static () => throw new InvalidOperationException("at once"));
        _supervisor.Start(
            "refresh",
            static async () =>
            {
                await Task.Yield();
                throw new InvalidOperationException("later");
            }
        );
        // It is counted before it is logged.
        await AdvanceUntilAsync(() => _log.Of(14).Count > 0);
        Assert.Equal([new("refresh", 0, 2, 0)], _supervisor.Counts);
        Assert.Contains("at once", Assert.Single(_log.Of(13)), StringComparison.Ordinal);
        Assert.Contains("later", Assert.Single(_log.Of(14)), StringComparison.Ordinal);
        Assert.Empty(_supervisor.Down);
    }

    [Fact]
    public void Work_that_fails_ten_thousand_times_a_minute_makes_few_lines()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _supervisor.Report("refresh", new InvalidOperationException("broken"));
        }
        Assert.Equal(1 + 60, _log.Lines.Count);
        Assert.Equal(10_000, _supervisor.Counts[0].Failures);
        _time.Advance(TimeSpan.FromMinutes(1));
        _supervisor.Report("refresh", new InvalidOperationException("broken"));
        Assert.Contains("9939 more", _log.Lines[^1], StringComparison.Ordinal);
    }

    static TimeSpan Patience => TimeSpan.FromSeconds(10);

    async Task AdvanceUntilAsync(Func<bool> isReached)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!isReached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Patience, "It did not happen.");
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _log.Dispose();
    }
}
