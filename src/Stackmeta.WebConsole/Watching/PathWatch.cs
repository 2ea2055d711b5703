using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta.WebConsole;

/// <summary>
/// Keeps the picture: follows every process of the path while somebody looks at it, and draws it once a second. While nobody does, no
/// process is asked for anything.
/// </summary>
/// <remarks>
/// <code>
///  /trace of each process ──► join ──► picture ──► once a second ──► each page
///  /readyz, /refusals, /inventory, asked anew ──►┘
/// </code>
/// </remarks>
sealed class PathWatch : IAsyncDisposable
{
    /// <summary>So long after the last page has gone the picture is kept, so that one that is loaded anew finds the last minute.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    readonly IConsolePath _path;
    readonly TimeProvider _time;
    readonly Supervisor _supervisor;
    readonly ILogger _logger;
    readonly CancellationTokenSource _stop = new();
    readonly Lock _gate = new();
    readonly Task _running;

    // All under the gate. The join belongs to the picture.
    PathPicture _picture = new();
    RequestJoin _join = new();
    int _watchers;
    DateTimeOffset _watchedAt;
    TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    TaskCompletionSource<ReadOnlyMemory<byte>> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PathWatch(IConsolePath path, Supervisor supervisor, TimeProvider time, ILogger logger)
    {
        _supervisor = supervisor;
        _logger = logger.Throttled(time);
        _path = path;
        _time = time;
        _running = supervisor.RunAsync("console's picture", RunAsync, _stop.Token);
    }

    /// <summary>Pictures as JSON, one a second, until the token fires or the console stops.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> PicturesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        Come();
        try
        {
            while (true)
            {
                yield return await Next().WaitAsync(ends.Token);
            }
        }
        finally
        {
            Go();
        }
    }

    /// <summary>Reads something of the picture as it is now.</summary>
    public T Read<T>(Func<PathPicture, T> read)
    {
        lock (_gate)
        {
            return read(_picture);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Wanted().WaitAsync(cancellationToken);
            await using (var processes = new ProcessWatch(_path, this, _supervisor, _time))
            {
                using var beat = new PeriodicTimer(Beat, _time);
                do
                {
                    try
                    {
                        Publish();
                    }
                    catch (Exception e)
                    {
                        // One picture that cannot be drawn must not be the last.
                        Log.NotDrawn(_logger, e);
                    }
                } while (IsWatched() && await beat.WaitForNextTickAsync(cancellationToken));
            }
            Forget();
        }
    }

    /// <summary>Changes the picture. Called by <see cref="ProcessWatch"/>.</summary>
    public void Change(Action<PathPicture, RequestJoin> change)
    {
        lock (_gate)
        {
            change(_picture, _join);
        }
    }

    void Publish()
    {
        var drawn = new ArrayBufferWriter<byte>(16 * 1024);
        TaskCompletionSource<ReadOnlyMemory<byte>> waiting;
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            foreach (var request in _join.Take(now, _picture.Processes.Count == 1))
            {
                _picture.Take(request);
            }
            using var json = new Utf8JsonWriter(drawn);
            _picture.Write(json, now);
            json.Flush();
            waiting = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        waiting.SetResult(drawn.WrittenMemory);
    }

    Task<ReadOnlyMemory<byte>> Next()
    {
        lock (_gate)
        {
            return _next.Task;
        }
    }

    Task Wanted()
    {
        lock (_gate)
        {
            return _wanted.Task;
        }
    }

    void Come()
    {
        lock (_gate)
        {
            _watchers++;
            _wanted.TrySetResult();
        }
    }

    void Go()
    {
        lock (_gate)
        {
            _watchers--;
            _watchedAt = _time.GetUtcNow();
        }
    }

    bool IsWatched()
    {
        lock (_gate)
        {
            return _watchers > 0 || _time.GetUtcNow() - _watchedAt < Grace;
        }
    }

    void Forget()
    {
        lock (_gate)
        {
            _picture = new PathPicture();
            _join = new RequestJoin();
            if (_watchers == 0)
            {
                _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
