using System.Collections.Immutable;

namespace Stackmeta;

/// <summary>The whole path of one guest, judged link by link.</summary>
/// <param name="Subject">Whose path, for people, for example <c>web-1, 10.0.0.5 on network lab</c>.</param>
/// <param name="Links">In the order of <see cref="PathLink"/>, each link once.</param>
sealed record Explanation(string Subject, ImmutableArray<LinkVerdict> Links)
{
    /// <summary>What a running hop remembers of the guest's last refusal, in one line; null for nothing.</summary>
    public string? LastRefusal { get; init; }

    /// <summary>Processes of this host that ended without a stop.</summary>
    public ImmutableArray<DeadProcess> Dead { get; init; } = [];

    /// <summary>
    /// The first broken link that keeps the guest from being answered: what comes after it may be broken for its sake alone. Where none
    /// does, the first broken link. Null when none is.
    /// </summary>
    public LinkVerdict? Culprit =>
        Links.FirstOrDefault(link => link.Finding is { } finding && !FindingDescription.Of(finding).IsBearable)
        ?? Links.FirstOrDefault(link => link.State == LinkState.Broken);

    /// <summary>Whether every link was seen and none is broken.</summary>
    public bool IsWhole => Links.All(link => link.State == LinkState.Fine);

    /// <summary>The exit code of <c>stackmeta explain</c> (docs/exit-codes.md).</summary>
    public int ExitCode =>
        Culprit is not null ? ExitCodes.Broken
        : IsWhole ? ExitCodes.Done
        : ExitCodes.NotAllSeen;
}
