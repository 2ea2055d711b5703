using System.Collections.Frozen;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// Follows the namespaces that somebody else makes on this host, Neutron's agents above all, and has each of them listened
/// in: <c>qdhcp-</c> and <c>ovnmeta-</c> for networks, <c>qrouter-</c> for routers (spec/neutron-metadata.md §1.1, §2.1).
/// </summary>
/// <param name="wanted">Which of them; null for all.</param>
public sealed class NamespaceWatch(
    NamespaceListeners listeners,
    Func<EdgeScope, bool>? wanted,
    TimeProvider time,
    ILogger<NamespaceWatch> logger
)
{
    static readonly FrozenDictionary<string, Func<Guid, string, ServedNamespace>> Kinds = new Dictionary<
        string,
        Func<Guid, string, ServedNamespace>
    >
    {
        ["qdhcp-"] = ServedNamespace.ForNetwork,
        ["ovnmeta-"] = ServedNamespace.ForOvnNetwork,
        ["qrouter-"] = ServedNamespace.ForRouter,
    }.ToFrozenDictionary();

    /// <summary>In case an event was lost, or a port has become free.</summary>
    static readonly TimeSpan Rescan = TimeSpan.FromSeconds(30);

    /// <summary>The name appears before the namespace is mounted on it.</summary>
    static readonly TimeSpan MountPatience = TimeSpan.FromSeconds(1);
    static readonly TimeSpan MountPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>Namespaces that could not be listened in, so that each is told of once. Used by the one loop only.</summary>
    readonly HashSet<string> _failed = [];

    readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>(new() { SingleReader = true });

    /// <summary>Looks at all namespaces again, since others are wanted now.</summary>
    public void LookAgain() => _changes.Writer.TryWrite(Change.Lost);

    /// <summary>Completes when every namespace that was there at the beginning is listened in, as far as it can be.</summary>
    public Task FirstLook => _firstLook.Task;

    /// <summary>Follows until cancelled; what is listened in then stays so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // As `ip netns` makes it (man ip-netns).
        Directory.CreateDirectory(NetworkNamespace.Directory);
        using var watcher = new FileSystemWatcher(NetworkNamespace.Directory) { NotifyFilter = NotifyFilters.FileName };
        watcher.Created += (_, change) => _changes.Writer.TryWrite(Change.Appeared(change.Name, time.GetTimestamp()));
        watcher.Deleted += (_, change) => _changes.Writer.TryWrite(Change.Gone(change.Name));
        watcher.Error += (_, _) => _changes.Writer.TryWrite(Change.Lost);
        watcher.EnableRaisingEvents = true;
        await using var timer = time.CreateTimer(
            _ => _changes.Writer.TryWrite(Change.Lost),
            null,
            TimeSpan.Zero,
            Rescan
        );
        try
        {
            await foreach (var change in _changes.Reader.ReadAllAsync(cancellationToken))
            {
                await (
                    change.Name is null ? ScanAsync(cancellationToken)
                    : change.Since is { } since ? AddAsync(change.Name, since, cancellationToken)
                    : RemoveAsync(change.Name)
                );
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The normal end.
        }
    }

    /// <summary>Whose namespace a name tells; null for one that is none of ours to serve.</summary>
    internal static ServedNamespace? Recognize(string name)
    {
        var dash = name.IndexOf('-') + 1;
        return Kinds.TryGetValue(name[..dash], out var kind) && Guid.TryParseExact(name.AsSpan(dash), "D", out var id)
            ? kind(id, name)
            : null;
    }

    async Task ScanAsync(CancellationToken cancellationToken)
    {
        var names = Directory
            .EnumerateFiles(NetworkNamespace.Directory)
            .Select(path => Path.GetFileName(path))
            .ToHashSet();
        foreach (var gone in listeners.Namespaces.Where(name => !names.Contains(name) || !IsWanted(name)))
        {
            await RemoveAsync(gone);
        }
        var present = listeners.Namespaces.ToHashSet();
        var since = time.GetTimestamp();
        foreach (var name in names.Where(name => !present.Contains(name)))
        {
            await AddAsync(name, since, cancellationToken);
        }
        _firstLook.TrySetResult();
    }

    /// <param name="since">The timestamp at which the name was first seen.</param>
    async Task AddAsync(string name, long since, CancellationToken cancellationToken)
    {
        if (Recognize(name) is not { } served || !IsWanted(name))
        {
            return;
        }
        // Asked before the try: it may be mounted while the try fails, and the next one then succeeds.
        var wasMounted = NetworkNamespace.IsMounted(name);
        try
        {
            await listeners.AddAsync(served);
            _failed.Remove(name);
        }
        catch (EdgeException e)
        {
            if (!File.Exists(NetworkNamespace.PathOf(name)))
            {
                return;
            }
            if (!wasMounted && !_failed.Contains(name) && time.GetElapsedTime(since) <= MountPatience)
            {
                // Not waited for here: a name that leads nowhere must not keep the others waiting.
                _ = TryAgainAsync(name, since, cancellationToken);
            }
            else if (_failed.Add(name))
            {
                Log.CannotListen(logger, served.Scope, name, e.Message);
            }
        }
    }

    async Task TryAgainAsync(string name, long since, CancellationToken cancellationToken)
    {
        await Task.Delay(MountPoll, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Once cancelled, the pause is none, and a loop that is fed would not end.
        if (!cancellationToken.IsCancellationRequested)
        {
            _changes.Writer.TryWrite(Change.Appeared(name, since));
        }
    }

    bool IsWanted(string name) => wanted is null || (Recognize(name) is { } served && wanted.Invoke(served.Scope));

    Task RemoveAsync(string name)
    {
        _failed.Remove(name);
        return listeners.RemoveAsync(name);
    }

    /// <param name="Name">Null when events may have been lost.</param>
    /// <param name="Since">The timestamp at which the name appeared; null when it is gone.</param>
    readonly record struct Change(string? Name, long? Since)
    {
        public static Change Lost { get; } = new(null, null);

        public static Change Appeared(string? name, long since) => new(name, since);

        public static Change Gone(string? name) => new(name, null);
    }
}
