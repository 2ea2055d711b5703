namespace Stackmeta.Admin;

/// <summary>One condition without which no request could be answered.</summary>
/// <param name="Name">For example <c>agent-socket</c>.</param>
/// <param name="Look">Looks now. It should be quick; what takes longer than <see cref="Health.Deadline"/> counts as not well.</param>
public sealed record HealthCheck(string Name, Func<CancellationToken, ValueTask<HealthFinding>> Look)
{
    /// <summary>Whether it is about a door of this process itself, which a new start would open again.</summary>
    public bool IsDoor { get; init; }
}

/// <summary>What a look found.</summary>
/// <param name="IsWell">Whether requests can be answered as far as this goes.</param>
/// <param name="Reason">In a sentence without a final dot, also when it is well and there is something to say; empty otherwise.</param>
public readonly record struct HealthFinding(bool IsWell, string Reason)
{
    public static HealthFinding Well(string reason = "") => new(true, reason);

    public static HealthFinding Bad(string reason) => new(false, reason);
}

/// <summary>A finding with the name of its check.</summary>
public readonly record struct NamedFinding(string Name, bool IsWell, string Reason);
