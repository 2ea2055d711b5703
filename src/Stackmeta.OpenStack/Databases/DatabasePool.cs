namespace Stackmeta.OpenStack;

/// <summary>How connections to one database are pooled (oslo.db's options; spec/nova-metadata.md §8.2).</summary>
public sealed record DatabasePool
{
    /// <summary>The most connections at once: oslo.db's <c>max_pool_size</c> and <c>max_overflow</c> together.</summary>
    public int MaximumConnections { get; init; } = 55;

    /// <summary>A connection older than this is closed when it comes back; zero for never (<c>connection_recycle_time</c>).</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a connection may take to be made. Short, because one that takes longer than the guest's patience is of no use.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
