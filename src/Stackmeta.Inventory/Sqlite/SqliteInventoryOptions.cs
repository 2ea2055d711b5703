namespace Stackmeta.Inventory;

/// <summary>How an inventory on SQLite is opened.</summary>
public sealed record SqliteInventoryOptions
{
    /// <summary>Whether a missing file is made (not its folder).</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Whether nothing may be written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>How long a writer waits for other writers, of this process or another.</summary>
    public TimeSpan WriteWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a follower looks whether another process has written.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many connections for reading are kept open between requests.</summary>
    public int KeptReaders { get; init; } = Math.Max(2, Environment.ProcessorCount);
}
