using Stackmeta.Core.Caching;

namespace Stackmeta.Inventory;

/// <summary>How an inventory on PostgreSQL is opened.</summary>
public sealed record PostgresInventoryOptions
{
    /// <summary>The default of <see cref="MaximumConnections"/>, here and in the settings.</summary>
    public const int DefaultMaximumConnections = 10;

    /// <summary>Whether tables that are missing or old are made or brought up to date.</summary>
    public bool Upgrade { get; init; } = true;

    /// <summary>The most connections of this process to each server; the one that listens for changes comes on top.</summary>
    public int MaximumConnections { get; init; } = DefaultMaximumConnections;

    /// <summary>
    /// How long making a connection, or waiting for a free one, may take: one that takes longer than a guest waits is of no use.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a server may take for a guest's question.</summary>
    public TimeSpan QuestionTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a writer waits for other writers, or for a server that takes changes.</summary>
    public TimeSpan WriteWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often a follower looks for changes that it was not notified of, since a notification may be lost. As long as kept answers
    /// live (<see cref="AnswerCacheOptions.Expiration"/>).
    /// </summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(AnswerCacheOptions.DefaultExpirationSeconds);

    /// <summary>How often a follower looks for changes where the server has no LISTEN.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a follower waits before it connects anew.</summary>
    public TimeSpan ReconnectPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Documents longer than this are taken through a file beside the database; shorter ones entry by entry. In bytes.</summary>
    public int LargeDocument { get; init; } = 256 * 1024;
}
