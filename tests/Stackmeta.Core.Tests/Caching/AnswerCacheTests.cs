using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Caching;

namespace Stackmeta.Core.Tests;

/// <summary>What is kept, for how long, and who waits for what.</summary>
public sealed class AnswerCacheTests
{
    static readonly AnswerCacheOptions Options = new() { Grace = TimeSpan.FromMinutes(1) };

    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    readonly FakeTimeProvider _time = new();
    readonly ScriptedSource _source = new();

    AnswerCache<string, string> Cache(AnswerCacheOptions? options = null) => new(_source, options ?? Options, _time);

    [Fact]
    public async Task A_kept_answer_is_given_without_asking_until_it_expires()
    {
        var cache = Cache();
        _source.Answer = "one";
        Assert.Equal("one", await cache.GetAsync("a", default));
        _source.Answer = "two";
        _time.Advance(TimeSpan.FromSeconds(14.9));
        Assert.Equal("one", await cache.GetAsync("a", default));
        Assert.Equal(1, _source.Asked);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("two", await cache.GetAsync("a", default));
    }

    [Fact]
    public async Task An_answer_ages_from_the_moment_it_was_asked_for()
    {
        var cache = Cache();
        _source.Answer = "before";
        _source.Gate = new();
        var asked = cache.GetAsync("a", default).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));
        _source.Gate.SetResult();
        Assert.Equal("before", await asked);
        _source.Answer = "after";
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("after", await cache.GetAsync("a", default));
    }

    [Fact]
    public async Task A_thousand_requests_at_once_cost_one_question()
    {
        var cache = Cache();
        _source.Gate = new();
        _source.Answer = "one";
        var all = Enumerable.Range(0, 1000).Select(_ => cache.GetAsync("a", default).AsTask()).ToList();
        _source.Gate.SetResult();
        Assert.All(await Task.WhenAll(all), answer => Assert.Equal("one", answer));
        Assert.Equal(1, _source.Asked);
    }

    [Fact]
    public async Task Who_goes_away_leaves_the_attempt_to_the_others()
    {
        var cache = Cache();
        _source.Gate = new();
        _source.Answer = "one";
        using var gone = new CancellationTokenSource();
        var leaving = cache.GetAsync("a", gone.Token).AsTask();
        var staying = cache.GetAsync("a", default).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _source.Gate.SetResult();
        Assert.Equal("one", await staying);
        Assert.Equal(1, _source.Asked);
    }

    [Fact]
    public async Task That_there_is_none_is_believed_for_a_second()
    {
        var cache = Cache();
        _source.Answer = ScriptedSource.Absent;
        await cache.GetAsync("a", default);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        await cache.GetAsync("a", default);
        Assert.Equal(1, _source.Asked);
        _source.Answer = "born";
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("born", await cache.GetAsync("a", default));
    }

    [Fact]
    public async Task With_expiration_zero_nothing_is_kept()
    {
        var cache = Cache(Options with { Expiration = TimeSpan.Zero });
        _source.Answer = "one";
        await cache.GetAsync("a", default);
        await cache.GetAsync("a", default);
        Assert.Equal(2, _source.Asked);
        Assert.Equal(0, cache.Count);
        Assert.Equal(0, cache.Bytes);
    }

    [Fact]
    public async Task Who_asks_while_the_source_is_down_is_answered_as_soon_as_it_is_back()
    {
        var cache = Cache();
        _source.Answer = ScriptedSource.Down;
        var waiting = cache.GetAsync("a", default).AsTask();
        await AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.False(waiting.IsCompleted);
        _source.Answer = "back";
        await AdvanceAsync(TimeSpan.FromSeconds(1.1));
        Assert.True(waiting.IsCompleted);
        Assert.Equal("back", await waiting);
    }

    [Fact]
    public async Task Patience_ends_below_eight_seconds()
    {
        var cache = Cache();
        _source.Answer = ScriptedSource.Down;
        var waiting = cache.GetAsync("a", default).AsTask();
        await AdvanceAsync(TimeSpan.FromSeconds(7.4));
        Assert.False(waiting.IsCompleted);
        await AdvanceAsync(TimeSpan.FromSeconds(0.5));
        Assert.Equal(ScriptedSource.Down, await waiting);
        Assert.InRange(_source.Asked, 5, 15);
    }

    [Theory]
    [InlineData(5, 2.75)]
    [InlineData(7.5, 0.5)]
    [InlineData(60, 0.5)]
    public async Task Who_has_waited_elsewhere_waits_here_for_the_rest_only(double before, double atMost)
    {
        var cache = Cache();
        _source.Answer = ScriptedSource.Down;
        var arrived = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(before));
        var asked = cache.GetAsync("a", arrived, default).AsTask();
        await AdvanceAsync(TimeSpan.FromSeconds(atMost));
        Assert.True(asked.IsCompleted);
        Assert.Equal(ScriptedSource.Down, await asked);
    }

    [Fact]
    public async Task Who_has_waited_elsewhere_for_long_is_answered_by_a_source_that_is_well()
    {
        var cache = Cache();
        _source.Answer = "one";
        _source.Gate = new();
        var arrived = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(7.5));
        var asked = cache.GetAsync("a", arrived, default).AsTask();
        await AdvanceAsync(Step);
        _source.Gate.SetResult();
        Assert.Equal("one", await asked);
    }

    [Fact]
    public async Task A_source_that_hangs_costs_no_more_than_patience()
    {
        var cache = Cache();
        _source.Gate = new();
        _source.HeedsToken = false;
        var waiting = cache.GetAsync("a", default).AsTask();
        await AdvanceAsync(TimeSpan.FromSeconds(7.6));
        Assert.Equal(ScriptedSource.Down, await waiting);

        // The attempt was given up: the next request asks anew.
        _source.Gate = null;
        _source.Answer = "back";
        var next = cache.GetAsync("a", default).AsTask();
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("back", await next);
    }

    [Fact]
    public async Task No_more_than_so_many_wait()
    {
        var cache = Cache(Options with { MaxWaiters = 2 });
        _source.Gate = new();
        var first = cache.GetAsync("a", default).AsTask();
        var second = cache.GetAsync("b", default).AsTask();
        Assert.Equal(ScriptedSource.Down, await cache.GetAsync("c", default));
        _source.Answer = "one";
        _source.Gate.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal("one", await cache.GetAsync("c", default));
    }

    [Fact]
    public async Task What_is_known_is_given_at_once_while_the_source_is_down()
    {
        var cache = Cache();
        _source.Answer = "known";
        await cache.GetAsync("a", default);
        _source.Answer = ScriptedSource.Down;
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("known", await cache.GetAsync("a", default).AsTask().WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task What_is_known_is_given_while_the_source_fails_which_is_asked_once_a_second()
    {
        var cache = Cache();
        _source.Answer = "known";
        await cache.GetAsync("a", default);
        _source.Answer = ScriptedSource.Failed;
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("known", await cache.GetAsync("a", default));
        Assert.Equal("known", await cache.GetAsync("a", default));
        Assert.Equal(2, _source.Asked);
        // Who is not known is told at once.
        Assert.Equal(ScriptedSource.Failed, await cache.GetAsync("b", default));
        _time.Advance(TimeSpan.FromSeconds(1));
        _source.Answer = "again";
        Assert.Equal("again", await cache.GetAsync("a", default));
        Assert.Equal("again", await cache.GetAsync("b", default));
        _source.Answer = ScriptedSource.Failed;
        _time.Advance(TimeSpan.FromSeconds(75));
        Assert.Equal(ScriptedSource.Failed, await cache.GetAsync("a", default));
    }

    [Fact]
    public async Task What_is_known_is_not_given_beyond_its_grace()
    {
        var cache = Cache();
        _source.Answer = "known";
        await cache.GetAsync("a", default);
        _source.Answer = ScriptedSource.Down;
        _time.Advance(TimeSpan.FromSeconds(75));
        var waiting = cache.GetAsync("a", default).AsTask();
        await AdvanceAsync(TimeSpan.FromSeconds(8));
        Assert.Equal(ScriptedSource.Down, await waiting);
    }

    [Fact]
    public async Task What_is_known_and_old_is_never_given_once_the_source_answers_again()
    {
        var cache = Cache();
        _source.Answer = "known";
        await cache.GetAsync("a", default);
        _source.Answer = ScriptedSource.Down;
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("known", await cache.GetAsync("a", default));
        _source.Answer = "new";
        // For at most a second after a failed attempt the source is not asked again.
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal("new", await cache.GetAsync("a", default));
    }

    [Fact]
    public async Task A_source_that_says_nothing_for_two_seconds_counts_as_down_for_what_is_known()
    {
        var cache = Cache();
        _source.Answer = "known";
        await cache.GetAsync("a", default);
        _time.Advance(TimeSpan.FromSeconds(20));
        _source.Gate = new();
        var waiting = cache.GetAsync("a", default).AsTask();
        await AdvanceAsync(TimeSpan.FromSeconds(1.9));
        Assert.False(waiting.IsCompleted);
        await AdvanceAsync(TimeSpan.FromSeconds(0.2));
        Assert.Equal("known", await waiting);
        // From then on it is given at once.
        Assert.Equal("known", await cache.GetAsync("a", default).AsTask().WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task What_was_forgotten_while_it_was_asked_for_is_not_kept()
    {
        var cache = Cache();
        _source.Answer = "old";
        _source.Gate = new();
        var asked = cache.GetAsync("a", default).AsTask();
        cache.Forget("a");
        var old = _source.Gate;
        _source.Gate = null;
        _source.Answer = "new";
        Assert.Equal("new", await cache.GetAsync("a", default));
        old.SetResult();
        Assert.Equal("old", await asked);
        Assert.Equal("new", await cache.GetAsync("a", default));
    }

    [Fact]
    public async Task A_replaced_answer_keeps_its_age_and_wins_over_an_attempt_under_way()
    {
        var cache = Cache();
        _source.Answer = "old";
        await cache.GetAsync("a", default);
        _time.Advance(TimeSpan.FromSeconds(10));
        cache.Replace("a", kept => kept + "+");
        Assert.Equal("old+", await cache.GetAsync("a", default));
        _time.Advance(TimeSpan.FromSeconds(5));
        _source.Answer = "new";
        Assert.Equal("new", await cache.GetAsync("a", default));
    }

    [Fact]
    public async Task Only_what_is_older_is_forgotten_when_asked_so()
    {
        var cache = Cache();
        _source.Answer = "one";
        await cache.GetAsync("a", default);
        cache.ForgetOlderThan("a", TimeSpan.FromSeconds(1));
        await cache.GetAsync("a", default);
        Assert.Equal(1, _source.Asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        cache.ForgetOlderThan("a", TimeSpan.FromSeconds(1));
        await cache.GetAsync("a", default);
        Assert.Equal(2, _source.Asked);
    }

    [Fact]
    public async Task Memory_is_bounded_and_what_is_used_stays()
    {
        var cache = Cache(Options with { MaxBytes = 200_000 });
        _source.Size = 1000;
        _source.Answer = "used";
        await cache.GetAsync("used", default);
        for (var i = 0; i < 5000; i++)
        {
            _source.Answer = "other";
            await cache.GetAsync($"other-{i}", default);
            Assert.Equal("used", await cache.GetAsync("used", default));
        }
        Assert.InRange(cache.Bytes, 1, 200_000);
        Assert.InRange(cache.Count, 1, 200);
    }

    [Fact]
    public async Task Expired_answers_leave_memory_without_being_asked_for()
    {
        var cache = Cache();
        _source.Answer = ScriptedSource.Absent;
        for (var i = 0; i < 100; i++)
        {
            await cache.GetAsync($"nobody-{i}", default);
        }
        _time.Advance(TimeSpan.FromSeconds(2));
        await cache.GetAsync("one more", default);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public async Task A_source_that_throws_breaks_nothing_but_the_requests_that_asked()
    {
        var cache = Cache();
        _source.Throws = true;
        await Assert.ThrowsAsync<InvalidDataException>(() => cache.GetAsync("a", default).AsTask());
        _source.Throws = false;
        _source.Answer = "one";
        Assert.Equal("one", await cache.GetAsync("a", default));
    }

    [Fact]
    public async Task A_kept_answer_costs_no_allocation()
    {
        var cache = Cache();
        _source.Answer = "one";
        await cache.GetAsync("a", default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            // Kept answers are there at once: this method is never left.
            await cache.GetAsync("a", default);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Lets time pass in small steps, with room between them for what it sets off.</summary>
    async Task AdvanceAsync(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += Step)
        {
            await SettleAsync();
            _time.Advance(Step);
        }
        await SettleAsync();
    }

    static async Task SettleAsync()
    {
        for (var i = 0; i < 20; i++)
        {
            await Task.Yield();
        }
        await Task.Delay(5);
    }

    sealed class ScriptedSource : IAnswerSource<string, string>
    {
        public const string Down = "down";
        public const string Absent = "absent";
        public const string Failed = "failed";

        int _asked;

        public string Answer { get; set; } = "";

        public TaskCompletionSource? Gate { get; set; }

        public bool HeedsToken { get; set; } = true;

        public bool Throws { get; set; }

        public long Size { get; set; } = 100;

        public int Asked => _asked;

        public string Unavailable => Down;

        public async ValueTask<string> AskAsync(string key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            var answer = Answer;
            if (Throws)
            {
                throw new InvalidDataException();
            }
            if (Gate is { } gate)
            {
                await (HeedsToken ? gate.Task.WaitAsync(cancellationToken) : gate.Task);
                return answer.Length > 0 ? answer : Answer;
            }
            return answer;
        }

        public AnswerKind KindOf(in string answer) =>
            answer switch
            {
                Down => AnswerKind.Unavailable,
                Absent => AnswerKind.Absent,
                Failed => AnswerKind.Failed,
                _ => AnswerKind.Found,
            };

        public long SizeOf(string key, in string answer) => Size;
    }
}
