using System.Text.Json;
using Stackmeta.Admin;
using Stackmeta.Core.Supervision;

namespace Stackmeta.WebConsole;

/// <summary>Follows the processes of the path as they come and go, and asks them how they are.</summary>
sealed class ProcessWatch : IAsyncDisposable
{
    /// <summary>How often it is looked whether processes came or went, and whether they are well.</summary>
    static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    /// <summary>The inventory changes by hand; a large one is asked for even less often.</summary>
    static readonly TimeSpan InventoryPace = TimeSpan.FromSeconds(10);

    /// <summary>At most one part in so many of the time goes into reading the inventory.</summary>
    const int InventoryShare = 20;

    static readonly string[] Lists = ["networks", "subnets", "ports", "instances"];

    readonly IConsolePath _path;
    readonly PathWatch _watch;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _stop = new();
    readonly Task _running;

    // Both belong to the loop.
    readonly Dictionary<string, Followed> _followed = new(StringComparer.Ordinal);
    DateTimeOffset _inventoryDue = DateTimeOffset.MinValue;

    public ProcessWatch(IConsolePath path, PathWatch watch, Supervisor supervisor, TimeProvider time)
    {
        _path = path;
        _watch = watch;
        _time = time;
        _running = supervisor.RunAsync("console's processes", RunAsync, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var followed in _followed.Values)
        {
            await followed.DisposeAsync();
        }
        _stop.Dispose();
    }

    async Task RunAsync(CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(Pace, _time);
        do
        {
            try
            {
                await FindAsync(cancellationToken);
                await LookAsync(cancellationToken);
            }
            catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                _watch.Change(
                    static (picture, _) =>
                        picture.SetAbsence(
                            "The running stackmeta says things that this console does not understand: are both of one version?"
                        )
                );
            }
        } while (await pace.WaitForNextTickAsync(cancellationToken));
    }

    async Task FindAsync(CancellationToken cancellationToken)
    {
        foreach (var (socket, ended) in _followed.Where(static pair => pair.Value.Following.IsCompleted).ToList())
        {
            _followed.Remove(socket);
            await ended.DisposeAsync();
        }
        try
        {
            foreach (var found in await _path.FindAsync(cancellationToken))
            {
                if (_followed.ContainsKey(found.Socket))
                {
                    found.Dispose();
                }
                else
                {
                    _followed.Add(found.Socket, new Followed(found, FollowAsync));
                    _inventoryDue = DateTimeOffset.MinValue;
                }
            }
            _watch.Change(static (picture, _) => picture.SetAbsence(null));
        }
        catch (ConsoleException e)
        {
            _watch.Change((picture, _) => picture.SetAbsence(e.Message));
        }
    }

    async Task FollowAsync(IAdminSocket process, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in process.FollowAsync("/trace", cancellationToken))
            {
                if (line.TryGetProperty("missed", out var missed))
                {
                    _watch.Change((picture, _) => picture.TakeMissed(missed.GetInt32(), _time.GetUtcNow()));
                    continue;
                }
                var request = TracedRequest.Of(line);
                _watch.Change((_, join) => join.Add(request, process.Socket, _time.GetUtcNow()));
            }
        }
        catch (Exception e)
            when (e
                    is HttpRequestException
                        or IOException
                        or JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or OperationCanceledException
            )
        {
            // It has ended, or is another program's: the next look tells.
        }
    }

    /// <summary>How is everybody, and who was refused?</summary>
    async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_followed.Count == 0)
        {
            return;
        }
        var looks = await Task.WhenAll(
            _followed.Values.Select(followed => LookAtAsync(followed.Process, cancellationToken))
        );
        var known = await ReadInventoryAsync(cancellationToken);
        _watch.Change(
            (picture, _) =>
            {
                picture.Processes = [.. looks.Select(static look => look.State)];
                picture.Known = known ?? picture.Known;
                picture.SetRefusals(
                    RefusalList.Of(looks.Select(static look => look.Refusals).OfType<JsonElement>()),
                    _time.GetUtcNow()
                );
            }
        );
    }

    static async Task<(ProcessState State, JsonElement? Refusals)> LookAtAsync(
        IAdminSocket process,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (
                ProcessState.Of(process.Socket, await process.GetJsonAsync("/readyz?format=json", cancellationToken)),
                await process.GetJsonAsync("/refusals", cancellationToken)
            );
        }
        catch (Exception e) when (e is ConsoleException or KeyNotFoundException or InvalidOperationException)
        {
            return (ProcessState.Silent(process.Socket, e.Message), null);
        }
    }

    /// <returns>Null when it is not time, or nothing can be read now: then what was read before stays.</returns>
    async Task<KnownGuests?> ReadInventoryAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetUtcNow();
        if (began < _inventoryDue)
        {
            return null;
        }
        KnownGuests? read = null;
        foreach (var followed in _followed.Values)
        {
            read ??= await TryReadInventoryAsync(followed.Process, cancellationToken);
        }
        var took = _time.GetUtcNow() - began;
        _inventoryDue = began + (took * InventoryShare > InventoryPace ? took * InventoryShare : InventoryPace);
        return read;
    }

    static async Task<KnownGuests?> TryReadInventoryAsync(IAdminSocket process, CancellationToken cancellationToken)
    {
        try
        {
            var lists = new List<JsonElement>();
            foreach (var kind in Lists)
            {
                lists.Add(await process.GetJsonAsync($"/inventory/{kind}", cancellationToken));
            }
            // A process on Nova's databases has none, and answers with an object that says so.
            return lists.TrueForAll(static list => list.ValueKind == JsonValueKind.Array)
                ? KnownGuests.Of(lists[0], lists[1], lists[2], lists[3])
                : null;
        }
        catch (ConsoleException)
        {
            return null;
        }
    }

    /// <summary>A process, and the task that follows it.</summary>
    sealed class Followed : IAsyncDisposable
    {
        readonly CancellationTokenSource _end = new();

        public Followed(IAdminSocket process, Func<IAdminSocket, CancellationToken, Task> follow)
        {
            Process = process;
            Following = follow(process, _end.Token);
        }

        public IAdminSocket Process { get; }

        public Task Following { get; }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await Following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Process.Dispose();
            _end.Dispose();
        }
    }
}
