using System.Collections.Immutable;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Admin;

/// <summary>What most guests come by at every boot and nobody need mend: they ask for documents that they need not have.</summary>
public static class UsualRefusals
{
    /// <summary>Their names, as in logs and metrics.</summary>
    public static ImmutableArray<string> Names { get; } =
    [RefusalDescription.Of(Refusal.PathNotFound).Name, RefusalDescription.Of(Refusal.UserDataAbsent).Name];

    /// <summary>Whether a refusal is one of them.</summary>
    /// <param name="name">Its name; null when only a status is known, which tells nothing.</param>
    public static bool Contain(string? name) => name is not null && Names.Contains(name);
}
