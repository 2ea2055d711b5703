using System.Collections.Immutable;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Core.Lookups;

/// <summary>Names of an instance's security groups, for records whose source does not hold them (spec/nova-metadata.md §7.8).</summary>
public interface ISecurityGroupNames
{
    /// <summary>Asks for the names. Does not throw for what the other side says or for its being down; only for cancellation.</summary>
    ValueTask<SecurityGroupAnswer> FindNamesAsync(string instanceId, CancellationToken cancellationToken);
}

/// <summary>The names, or why there are none.</summary>
/// <param name="Names">In port order, repetitions kept; default when refused.</param>
/// <param name="Refusal"><see cref="Refusal.None"/> or <see cref="Refusal.SecurityGroupsUnavailable"/>.</param>
public readonly record struct SecurityGroupAnswer(ImmutableArray<string> Names, Refusal Refusal);
