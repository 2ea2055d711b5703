using System.Collections.Concurrent;

namespace Stackmeta.Edge;

/// <summary>
/// What packets obey now, in the process that sees to it. Who changes packet rules first takes out what will not hold any longer, and puts
/// in what holds only when it does.
/// </summary>
public sealed class AppliedPorts : IAppliedState
{
    readonly ConcurrentDictionary<Guid, AppliedNetwork> _networks = new();
    readonly ConcurrentDictionary<Guid, AppliedRouter> _routers = new();
    TaskCompletionSource _nextChange = NewChange();

    public Task NextChange => Volatile.Read(ref _nextChange).Task;

    public AppliedNetwork? FindNetwork(Guid id) => _networks.GetValueOrDefault(id);

    public AppliedRouter? FindRouter(Guid id) => _routers.GetValueOrDefault(id);

    /// <summary>The routers of whose namespaces a network's guests may ask.</summary>
    internal IEnumerable<Guid> RoutersOn(Guid network) =>
        _routers.Where(router => router.Value.IsOn(network)).Select(static router => router.Key);

    internal void Set(Guid network, AppliedNetwork applied)
    {
        _networks[network] = applied;
        TellChange();
    }

    internal void Set(Guid router, AppliedRouter applied)
    {
        _routers[router] = applied;
        TellChange();
    }

    /// <summary>This host does not provide it any longer: nobody can ask from there.</summary>
    internal void Forget(Guid id)
    {
        _networks.TryRemove(id, out _);
        _routers.TryRemove(id, out _);
        TellChange();
    }

    static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>After the state has changed: who got the old task before that misses nothing.</summary>
    void TellChange() => Interlocked.Exchange(ref _nextChange, NewChange()).SetResult();
}
