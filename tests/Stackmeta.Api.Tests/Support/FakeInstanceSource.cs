using System.Collections.Concurrent;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Api.Tests;

/// <summary>Instances in memory, with switches for what may go wrong.</summary>
sealed class FakeInstanceSource : IInstanceSource
{
    public ConcurrentDictionary<string, Instance> Instances { get; } = new(StringComparer.Ordinal);

    /// <summary>What every question is refused with; <see cref="Refusal.None"/> answers.</summary>
    public Refusal Trouble { get; set; }

    /// <summary>Every question waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Loads;

    public async ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Loads);
        var found = Find(instanceId);
        await Gate.WaitAsync(cancellationToken);
        return found;
    }

    public ValueTask<Refusal> SetPasswordAsync(string instanceId, string password, CancellationToken cancellationToken)
    {
        if (Trouble != Refusal.None)
        {
            return new(Refusal.PasswordNotStored);
        }
        lock (Instances)
        {
            if (!Instances.TryGetValue(instanceId, out var instance))
            {
                return new(Refusal.PasswordInstanceGone);
            }
            if (instance.Password.Length > 0)
            {
                return new(Refusal.PasswordAlreadySet);
            }
            Instances[instanceId] = instance with { Password = password };
            return new(Refusal.None);
        }
    }

    InstanceAnswer Find(string instanceId) =>
        Trouble != Refusal.None ? Trouble
        : Instances.TryGetValue(instanceId, out var instance) ? instance
        : Refusal.InstanceNotFound;
}
