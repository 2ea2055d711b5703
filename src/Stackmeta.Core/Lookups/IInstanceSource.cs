using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Core.Lookups;

/// <summary>The first question: what is to be told to this instance? Asked by uuid, answered with the whole record.</summary>
public interface IInstanceSource
{
    /// <summary>Loads an instance. Does not throw for what the store says or for its being down; only for cancellation.</summary>
    /// <param name="instanceId">What a port's device id says; any text.</param>
    /// <param name="cancellationToken">Ends the wait, not the load of others who wait for the same.</param>
    ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Stores the password that a guest posts, unless one is set. Decided from stored state, once.</summary>
    /// <param name="instanceId">The uuid of an instance that was found.</param>
    /// <param name="password">Up to 1,020 bytes of UTF-8; the empty text stores nothing and is accepted.</param>
    /// <returns><see cref="Refusal.None"/>, <see cref="Refusal.PasswordAlreadySet"/>, <see cref="Refusal.PasswordInstanceGone"/>
    /// or <see cref="Refusal.PasswordNotStored"/>.</returns>
    ValueTask<Refusal> SetPasswordAsync(string instanceId, string password, CancellationToken cancellationToken);
}

/// <summary>An instance, or why there is none.</summary>
/// <param name="Instance">Null when refused.</param>
/// <param name="Refusal"><see cref="Refusal.None"/>, <see cref="Refusal.InstanceNotFound"/>,
/// <see cref="Refusal.InstanceSourceUnavailable"/> (try again) or <see cref="Refusal.InstanceSourceFailed"/> (trying again will not
/// help).</param>
public readonly record struct InstanceAnswer(Instance? Instance, Refusal Refusal)
{
    public static implicit operator InstanceAnswer(Instance instance) => new(instance, Refusal.None);

    public static implicit operator InstanceAnswer(Refusal refusal) => new(null, refusal);
}
