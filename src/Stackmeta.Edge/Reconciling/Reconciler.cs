using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// Brings one thing to what is wanted of it. What fails is tried again after growing pauses until it succeeds, or something newer is
/// wanted, which is tried at once. Nothing runs while there is nothing to do.
/// </summary>
/// <param name="name">For the log.</param>
/// <param name="apply">One attempt; throws when it failed. Never called twice at once.</param>
/// <param name="changed">Told when <see cref="Failure"/> may have changed; must not block.</param>
sealed class Reconciler<T>(
    string name,
    Func<T, CancellationToken, Task> apply,
    Action changed,
    AttemptSlots slots,
    TimeProvider time,
    ILogger logger
) : IAsyncDisposable
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    readonly Lock _lock = new();
    readonly CancellationTokenSource _stop = new();

    // All under the lock.
    T? _wanted;
    long _version;
    AttemptKind _kind;
    CancellationTokenSource? _waiting;
    TaskCompletionSource? _nextAttempt;
    Task _run = Task.CompletedTask;
    bool _isRunning;

    volatile string? _failure;

    /// <summary>Why the last attempt failed, of which there will be another one; null when it succeeded.</summary>
    public string? Failure => _failure;

    /// <summary>Wants something else, or looks after what is wanted already.</summary>
    /// <returns>Ends, without an exception, with the first attempt that begins from now on: whether that succeeds or fails.</returns>
    public Task Request(T wanted, AttemptKind kind)
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
            {
                return Task.CompletedTask;
            }
            _wanted = wanted;
            _version++;
            // A change that waits for its first attempt is not put off by a look that is asked for meanwhile.
            _kind = _nextAttempt is null || kind > _kind ? kind : _kind;
            _nextAttempt ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            // Not in this thread: what waits would go on under the lock.
            _ = _waiting?.CancelAsync();
            if (!_isRunning)
            {
                _isRunning = true;
                _run = Task.Run(RunToTheEndAsync);
            }
            return _nextAttempt.Task;
        }
    }

    /// <summary>Tries no more; returns when the attempt under way has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task run;
        TaskCompletionSource? left;
        lock (_lock)
        {
            run = _run;
        }
        await run;
        lock (_lock)
        {
            (left, _nextAttempt) = (_nextAttempt, null);
        }
        left?.SetResult();
        _stop.Dispose();
    }

    /// <summary>No failure of this loop itself may be the last that is heard of it: it would look as if it went on.</summary>
    async Task RunToTheEndAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RunAsync();
                return;
            }
            catch (Exception e)
            {
                Log.AttemptFailed(logger, name, e.Message);
                SetFailure(e.Message);
            }
            await Task.Delay(LongestPause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task RunAsync()
    {
        var pause = FirstPause;
        while (await BeginAsync() is { } attempt)
        {
            var isDone = await TryAsync(attempt.Wanted);
            attempt.Slot.Release();
            attempt.Ended?.SetResult();
            lock (_lock)
            {
                if (_stop.IsCancellationRequested || (isDone && _version == attempt.Version))
                {
                    _isRunning = false;
                    return;
                }
                if (_version != attempt.Version)
                {
                    // Overtaken: the next one is another's first attempt.
                    pause = FirstPause;
                    continue;
                }
                _kind = AttemptKind.Again;
            }
            await PauseAsync(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Waits for its turn. What is wanted is looked at only then.</summary>
    async Task<Attempt?> BeginAsync()
    {
        while (true)
        {
            AttemptKind kind;
            CancellationTokenSource waiting;
            lock (_lock)
            {
                kind = _kind;
                waiting = _waiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            }
            try
            {
                var slot = await slots.EnterAsync(kind, waiting.Token);
                lock (_lock)
                {
                    (_waiting, var ended) = (null, _nextAttempt);
                    _nextAttempt = null;
                    return new(_wanted!, _version, slot, ended);
                }
            }
            catch (OperationCanceledException)
            {
                lock (_lock)
                {
                    _waiting = null;
                    if (_stop.IsCancellationRequested)
                    {
                        _isRunning = false;
                        return null;
                    }
                }
            }
            finally
            {
                waiting.Dispose();
            }
        }
    }

    async Task<bool> TryAsync(T wanted)
    {
        try
        {
            await apply(wanted, _stop.Token);
            SetFailure(null);
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            // Whatever it is: a loop that ends would leave all later changes undone without a word.
            if (_failure != e.Message)
            {
                Log.AttemptFailed(logger, name, e.Message);
            }
            SetFailure(e.Message);
            return false;
        }
    }

    void SetFailure(string? failure)
    {
        _failure = failure;
        try
        {
            changed();
        }
        catch (Exception e)
        {
            Log.AttemptFailed(logger, name, e.Message);
        }
    }

    async Task PauseAsync(TimeSpan pause)
    {
        CancellationTokenSource waiting;
        lock (_lock)
        {
            if (_kind == AttemptKind.First)
            {
                return;
            }
            waiting = _waiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        }
        await Task.Delay(pause, time, waiting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            _waiting = null;
        }
        waiting.Dispose();
    }

    /// <param name="Ended">Who waits for the end of this attempt; null for nobody.</param>
    sealed record Attempt(T Wanted, long Version, SemaphoreSlim Slot, TaskCompletionSource? Ended);
}
