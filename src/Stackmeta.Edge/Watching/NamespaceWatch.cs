using System.Collections.Frozen;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Edge;

/// <summary>
/// Follows the namespaces that somebody else makes on this host, Neutron's agents above all, and has each of them listened
/// in: <c>qdhcp-</c> and <c>ovnmeta-</c> for networks, <c>qrouter-</c> for routers (spec/neutron-metadata.md §1.1, §2.1).
/// </summary>
/// <param name="wanted">Which of them; null for all.</param>
public sealed class NamespaceWatch(
    NamespaceListeners listeners,
    Func<EdgeScope, bool>? wanted,
    Supervisor supervisor,
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

    /// <summary>How often it is looked whether the kernel tells of changes, and whether it is time for a scan.</summary>
    static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>In case an event was lost.</summary>
    static readonly TimeSpan Rescan = TimeSpan.FromSeconds(30);

    /// <summary>The name appears before the namespace is mounted on it.</summary>
    static readonly TimeSpan MountPatience = TimeSpan.FromSeconds(1);
    static readonly TimeSpan MountPoll = TimeSpan.FromMilliseconds(10);

    /// <summary>Namespaces that could not be listened in, so that each is told of once. Used by the one loop only.</summary>
    readonly HashSet<string> _failed = [];

    /// <summary>How soon those are tried again: what failed for want of descriptors or of a free port may do so for long.</summary>
    RestartDelay _retry = RestartDelay.ForTasks();

    /// <summary>The timestamp of the next scan. Used by the one loop only.</summary>
    long _nextScan;

    readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>(new() { SingleReader = true });

    /// <summary>Looks at all namespaces again, since others are wanted now.</summary>
    public void LookAgain() => _changes.Writer.TryWrite(Change.Lost);

    /// <summary>Completes when every namespace that was there at the beginning is listened in, as far as it can be.</summary>
    public Task FirstLook => _firstLook.Task;

    /// <summary>Follows until cancelled; what is listened in then stays so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var events = new NamespaceEvents(
            name => _changes.Writer.TryWrite(Change.Appeared(name, time.GetTimestamp())),
            name => _changes.Writer.TryWrite(Change.Gone(name)),
            logger
        );
        await using var timer = time.CreateTimer(
            _ => _changes.Writer.TryWrite(Change.TimeToLook),
            null,
            TimeSpan.Zero,
            Poll
        );
        // All of them at the beginning, also where an earlier run of this loop failed half-way.
        _nextScan = time.GetTimestamp();
        try
        {
            await foreach (var change in _changes.Reader.ReadAllAsync(cancellationToken))
            {
                await FollowAsync(change, events, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The normal end.
        }
    }

    async Task FollowAsync(Change change, NamespaceEvents events, CancellationToken cancellationToken)
    {
        if (change.Name is null)
        {
            // Before the scan, so that nothing appears between the two unseen.
            var isMissed = events.Renew();
            if (isMissed || change == Change.Lost || time.GetTimestamp() >= _nextScan)
            {
                await ScanAsync(cancellationToken);
            }
        }
        else if (change.Since is { } since)
        {
            await AddAsync(change.Name, since, cancellationToken);
        }
        else
        {
            await RemoveAsync(change.Name);
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
        // If one cannot look, this fails, nothing is given up, and the supervisor has it tried again.
        var names = NetworkNamespace.Names().ToHashSet();
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
        if (_failed.Count == 0)
        {
            _retry = RestartDelay.ForTasks();
        }
        ScanIn(_failed.Count == 0 ? Rescan : _retry.After(TimeSpan.Zero));
    }

    void ScanIn(TimeSpan delay) =>
        _nextScan = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);

    /// <summary>One more cannot be listened in: not only with the next scan, which may be long away.</summary>
    void ScanSoon()
    {
        _retry = RestartDelay.ForTasks();
        ScanIn(TimeSpan.Zero);
    }

    /// <param name="since">The timestamp at which the name was first seen.</param>
    async Task AddAsync(string name, long since, CancellationToken cancellationToken)
    {
        if (Recognize(name) is not { } served || !IsWanted(name))
        {
            return;
        }
        // Asked before the try: it may be mounted while the try fails, and the next one then succeeds.
        var wasMounted = NetworkNamespace.Find(name).IsFound(out _);
        try
        {
            await listeners.AddAsync(served);
            _failed.Remove(name);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it was, it is about this namespace and must not keep the others from being served.
            if (FileLookup.Find(NetworkNamespace.PathOf(name)).IsAbsent)
            {
                return;
            }
            if (!wasMounted && !_failed.Contains(name) && time.GetElapsedTime(since) <= MountPatience)
            {
                // Not waited for here: a name that leads nowhere must not keep the others waiting.
                supervisor.Start("namespace retry", () => TryAgainAsync(name, since, cancellationToken));
            }
            else if (_failed.Add(name))
            {
                Log.CannotListen(logger, served.Scope, name, e.Message);
                ScanSoon();
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

    /// <param name="Name">Null when it is to be looked at all of them.</param>
    /// <param name="Since">The timestamp at which the name appeared; null when it is gone.</param>
    readonly record struct Change(string? Name, long? Since)
    {
        /// <summary>At all of them, in any case.</summary>
        public static Change Lost { get; } = new(null, 0);

        /// <summary>At all of them, if it is time.</summary>
        public static Change TimeToLook { get; } = new(null, null);

        public static Change Appeared(string? name, long since) => new(name, since);

        public static Change Gone(string? name) => new(name, null);
    }
}
