using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Core.Lookups;

/// <summary>
/// Both questions about a guest at once, where one store answers both: one question to it for a guest that boots, not two.
/// </summary>
public interface IGuestDirectory
{
    /// <summary>Finds the port as <see cref="IPortDirectory"/> does, and the instance behind it. Throws only for cancellation.</summary>
    ValueTask<GuestAnswer> FindGuestAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    );
}

/// <summary>What both questions are answered with.</summary>
/// <param name="Port">As <see cref="IPortDirectory.FindPortAsync"/> answers.</param>
/// <param name="Instance">The record of the port's device; null where there is none, or it could not be read.</param>
public readonly record struct GuestAnswer(PortAnswer Port, Instance? Instance)
{
    public static implicit operator GuestAnswer(Refusal refusal) => new(refusal, null);
}
