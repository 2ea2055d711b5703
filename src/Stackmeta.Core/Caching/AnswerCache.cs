using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Stackmeta.Core.Caching;

/// <summary>
/// Keeps answers for a while and asks once for many. A kept answer is given without waiting and without allocation.
/// </summary>
/// <remarks>
/// <para>Single flight: requests for one key share one attempt; a request that goes away leaves it to the others.</para>
/// <para>Freshness: an answer is given until <see cref="AnswerCacheOptions.Expiration"/> after the moment at which it was asked
/// for, so that nothing is told that was changed longer ago than that. Only while the source cannot be asked, or fails, is it given
/// longer, up to <see cref="AnswerCacheOptions.Grace"/>; and for a second after a failed attempt it is not asked again.</para>
/// <para>Patience: while the source is unavailable, a request without a kept answer waits, and the shared attempt is repeated.</para>
/// </remarks>
public sealed partial class AnswerCache<TKey, TAnswer>
    where TKey : notnull
{
    /// <summary>Pauses between attempts double from the first to the second.</summary>
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // What a request that has used its patience up elsewhere still waits here: a source that is well answers within it.
    readonly TimeSpan _leastWait;

    readonly IAnswerSource<TKey, TAnswer> _source;
    readonly AnswerCacheOptions _options;
    readonly TimeProvider _time;
    readonly ConcurrentDictionary<TKey, Slot> _slots;

    // Guards every change of slots, their order and the sum of their sizes. Kept answers are read without it.
    readonly Lock _gate = new();

    // Requests that wait now, that were given a kept answer at once, and that were not; by Interlocked.
    int _waiters;
    long _hits;
    long _misses;

    // Timestamp at which something was last forgotten. Under _gate.
    long _forgottenAt = long.MinValue;

    public AnswerCache(
        IAnswerSource<TKey, TAnswer> source,
        AnswerCacheOptions options,
        TimeProvider time,
        IEqualityComparer<TKey>? keys = null
    )
    {
        _source = source;
        _options = options;
        _time = time;
        _leastWait = TimeSpan.FromMilliseconds(Math.Min(250, options.Patience.TotalMilliseconds));
        _slots = new(keys ?? EqualityComparer<TKey>.Default);
    }

    /// <summary>Answers that are kept or being asked for.</summary>
    public int Count => _slots.Count;

    /// <summary>Estimated bytes of what is kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>How it fares.</summary>
    public AnswerCacheStatistics Statistics =>
        new(Count, Bytes, Volatile.Read(ref _hits), Volatile.Read(ref _misses), Volatile.Read(ref _waiters));

    /// <summary>The answer of a key: a kept one, or one that is asked for now.</summary>
    /// <exception cref="OperationCanceledException">This request's token fired while it waited.</exception>
    public ValueTask<TAnswer> GetAsync(TKey key, CancellationToken cancellationToken) =>
        GetAsync(key, _time.GetTimestamp(), cancellationToken);

    /// <summary>As the other, for a request that may have waited for something else before.</summary>
    /// <param name="key">Whose answer.</param>
    /// <param name="arrived">The timestamp at which the request arrived: its patience is counted from there, however many sources it waits
    /// for.</param>
    /// <param name="cancellationToken">This request's.</param>
    /// <exception cref="OperationCanceledException">This request's token fired while it waited.</exception>
    public ValueTask<TAnswer> GetAsync(TKey key, long arrived, CancellationToken cancellationToken)
    {
        if (_slots.TryGetValue(key, out var slot) && slot.Kept is { } kept && _time.GetTimestamp() < kept.FreshUntil)
        {
            slot.MarkUsed();
            Interlocked.Increment(ref _hits);
            return new(kept.Answer);
        }
        Interlocked.Increment(ref _misses);
        return WaitAsync(key, arrived, cancellationToken);
    }

    /// <summary>
    /// Keeps an answer that came along with another one. A newer one, an attempt under way, and whatever was forgotten since then win.
    /// </summary>
    /// <param name="key">Whose answer.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="askedAt">The timestamp at which it was asked for.</param>
    public void Offer(TKey key, TAnswer answer, long askedAt)
    {
        lock (_gate)
        {
            _slots.TryGetValue(key, out var slot);
            if (
                askedAt > _forgottenAt
                && slot?.Attempt is null
                && (slot?.Kept is not { } kept || kept.AskedAt < askedAt)
            )
            {
                EndLocked(slot ?? AddLocked(key), answer, askedAt);
            }
        }
    }

    /// <summary>Forgets a key's answer. Requests that come from now on ask anew; an attempt under way is not kept.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
        {
            _forgottenAt = _time.GetTimestamp();
            if (_slots.TryGetValue(key, out var slot))
            {
                RemoveLocked(slot);
            }
        }
    }

    /// <summary>Forgets a key's answer unless it was asked for less than <paramref name="age"/> ago.</summary>
    public void ForgetOlderThan(TKey key, TimeSpan age)
    {
        lock (_gate)
        {
            if (
                _slots.TryGetValue(key, out var slot)
                && slot.Kept is { } kept
                && _time.GetElapsedTime(kept.AskedAt) >= age
            )
            {
                _forgottenAt = _time.GetTimestamp();
                RemoveLocked(slot);
            }
        }
    }

    /// <summary>Forgets all answers whose key fits.</summary>
    public void ForgetWhere(Predicate<TKey> fits)
    {
        lock (_gate)
        {
            _forgottenAt = _time.GetTimestamp();
            foreach (var (key, slot) in _slots)
            {
                if (fits(key))
                {
                    RemoveLocked(slot);
                }
            }
        }
    }

    /// <summary>Puts another answer in the place of a kept one, whose age it takes over. An attempt under way is not kept.</summary>
    public void Replace(TKey key, Func<TAnswer, TAnswer> change)
    {
        lock (_gate)
        {
            _forgottenAt = _time.GetTimestamp();
            if (_slots.TryGetValue(key, out var slot))
            {
                slot.Attempt = null;
                if (slot.Kept is { } kept)
                {
                    KeepLocked(slot, kept with { Answer = change(kept.Answer) });
                }
            }
        }
    }

    async ValueTask<TAnswer> WaitAsync(TKey key, long arrived, CancellationToken cancellationToken)
    {
        try
        {
            var mayWait = Interlocked.Increment(ref _waiters) <= _options.MaxWaiters;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (IsAtHand(key, mayWait, out var atHand, out var spare, out var attempt))
                {
                    return atHand;
                }
                var left = _options.Patience - _time.GetElapsedTime(arrived);
                left = left > _leastWait ? left : _leastWait;
                var limit = spare is not null && left > _options.Silence ? _options.Silence : left;
                var (answered, answer) = await AwaitAsync(attempt, limit, cancellationToken);
                if (answered && IsGiven(_source.KindOf(answer), spare))
                {
                    return answer;
                }
                if (spare is not null)
                {
                    if (!answered)
                    {
                        NoteSilence(key);
                    }
                    return spare.Answer;
                }
                if (!answered || _time.GetElapsedTime(arrived) >= _options.Patience)
                {
                    return _source.Unavailable;
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }

    static bool IsGiven(AnswerKind kind, Kept? spare) =>
        kind switch
        {
            AnswerKind.Unavailable => false,
            AnswerKind.Failed => spare is null,
            _ => true,
        };

    /// <summary>What can be given now, or else the attempt to wait for, which is started when nobody has.</summary>
    /// <param name="key">Whose answer.</param>
    /// <param name="mayWait">False when too many wait already: then only what is at hand is given.</param>
    /// <param name="atHand">The answer when true is returned.</param>
    /// <param name="spare">An answer past its expiry and within its grace, to be given if the attempt fails.</param>
    /// <param name="attempt">The attempt when false is returned.</param>
    bool IsAtHand(
        TKey key,
        bool mayWait,
        out TAnswer atHand,
        out Kept? spare,
        [NotNullWhen(false)] out Task<TAnswer>? attempt
    )
    {
        Flight? toStart = null;
        var pause = TimeSpan.Zero;
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _slots.TryGetValue(key, out var slot);
            spare = slot?.Kept is { } kept && now < kept.GivenUntil ? kept : null;
            if (!mayWait || (spare is not null && (now < spare.FreshUntil || now < slot!.RetryAt)))
            {
                slot?.MarkUsed();
                atHand = spare is null ? _source.Unavailable : spare.Answer;
                attempt = null;
                return true;
            }
            slot ??= AddLocked(key);
            if (slot.Attempt is null)
            {
                slot.Attempt = toStart = new Flight(slot);
                pause = slot.RetryAt > now ? _time.GetElapsedTime(now, slot.RetryAt) : TimeSpan.Zero;
            }
            attempt = slot.Attempt.Task;
        }
        if (toStart is not null)
        {
            _ = RunAsync(toStart, pause);
        }
        atHand = default!;
        return false;
    }

    /// <summary>One attempt. Ends the flight whatever happens.</summary>
    async Task RunAsync(Flight flight, TimeSpan pause)
    {
        try
        {
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, _time);
            }
            await PoolThread.Enter();
            var askedAt = _time.GetTimestamp();
            var answer = await AskAsync(flight.Slot.Key);
            lock (_gate)
            {
                if (ReferenceEquals(flight.Slot.Attempt, flight))
                {
                    flight.Slot.Attempt = null;
                    EndLocked(flight.Slot, answer, askedAt);
                }
            }
            flight.SetResult(answer);
        }
        catch (Exception e)
        {
            // A source that throws breaks its contract; whoever waits is told, and the next request asks again.
            lock (_gate)
            {
                if (ReferenceEquals(flight.Slot.Attempt, flight))
                {
                    flight.Slot.Attempt = null;
                }
            }
            flight.SetException(e);
        }
    }

    /// <summary>Asks the source, and gives the attempt up when patience ends, also when the source does not heed its token.</summary>
    async Task<TAnswer> AskAsync(TKey key)
    {
        using var deadline = new CancellationTokenSource(_options.Patience, _time);
        try
        {
            var asked = _source.AskAsync(key, deadline.Token);
            return asked.IsCompletedSuccessfully ? asked.Result : await asked.AsTask().WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return _source.Unavailable;
        }
    }

    async ValueTask<(bool Answered, TAnswer Answer)> AwaitAsync(
        Task<TAnswer> attempt,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (
                true,
                await attempt.WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, _time, cancellationToken)
            );
        }
        catch (TimeoutException) when (!attempt.IsFaulted)
        {
            return (false, default!);
        }
    }

    /// <summary>Lets others who hold an answer within its grace have it at once for a while.</summary>
    void NoteSilence(TKey key)
    {
        lock (_gate)
        {
            if (_slots.TryGetValue(key, out var slot) && slot.Attempt is not null)
            {
                slot.RetryAt = Later(_time.GetTimestamp(), LongestPause);
            }
        }
    }

    void EndLocked(Slot slot, TAnswer answer, long askedAt)
    {
        var kind = _source.KindOf(answer);
        if (kind == AnswerKind.Unavailable)
        {
            slot.Failures++;
            var pause = FirstPause * (1 << Math.Min(slot.Failures - 1, 4));
            slot.RetryAt = Later(_time.GetTimestamp(), pause < LongestPause ? pause : LongestPause);
            TrimLocked();
            return;
        }
        slot.Failures = 0;
        if (kind == AnswerKind.Failed && slot.Kept is { } known && _time.GetTimestamp() < known.GivenUntil)
        {
            slot.RetryAt = Later(_time.GetTimestamp(), _options.NegativeExpiration);
            TrimLocked();
            return;
        }
        slot.RetryAt = 0;
        var expiration = kind == AnswerKind.Found ? _options.Expiration : Shorter(_options.NegativeExpiration);
        if (expiration <= TimeSpan.Zero)
        {
            RemoveLocked(slot);
            return;
        }
        var freshUntil = Later(askedAt, expiration);
        var givenUntil = kind == AnswerKind.Found ? Later(freshUntil, _options.Grace) : freshUntil;
        KeepLocked(slot, new Kept(answer, askedAt, freshUntil, givenUntil));
    }

    TimeSpan Shorter(TimeSpan negative) => negative < _options.Expiration ? negative : _options.Expiration;

    long Later(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * _time.TimestampFrequency);
}
