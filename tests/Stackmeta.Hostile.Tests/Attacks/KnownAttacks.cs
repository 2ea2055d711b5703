namespace Stackmeta.Hostile.Tests;

/// <summary>All of them.</summary>
static class KnownAttacks
{
    /// <summary>What is in <c>wave: name</c> of those that are wanted; empty for all.</summary>
    static readonly string Wanted = Environment.GetEnvironmentVariable("HOSTILE_ATTACK") ?? "";

    /// <summary>Whether each goes alone, so that it is seen which one did it.</summary>
    static readonly bool Alone = Environment.GetEnvironmentVariable("HOSTILE_ALONE") is not null;

    static readonly Attack[] All =
    [
        .. NeighbourDiscovery.Attacks,
        .. ForgedFrames.Attacks,
        .. Exhaustion.Attacks,
        .. SharedTables.Attacks,
        .. BadRequests.Attacks,
        .. Changes.Attacks,
        .. LocalUsers.Attacks,
        .. Documents.Attacks,
    ];

    /// <summary>The waves of a world, or its attacks where each goes alone.</summary>
    public static TheoryData<string> In(Kinds world) =>
        [.. All.Where(attack => IsIn(attack, world)).Select(attack => Alone ? attack.Name : attack.Wave).Distinct()];

    /// <summary>What goes on at the same time.</summary>
    /// <param name="name">Of a wave or an attack.</param>
    public static Attack[] Of(Kinds world, string name) =>
        [.. All.Where(attack => IsIn(attack, world) && (Alone ? attack.Name : attack.Wave) == name)];

    static bool IsIn(Attack attack, Kinds world) =>
        attack.In.HasFlag(world)
        && $"{attack.Wave}: {attack.Name}".Contains(Wanted, StringComparison.OrdinalIgnoreCase);
}
