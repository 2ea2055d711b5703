namespace Stackmeta.Edge;

/// <summary>How much one guest may ask for. The constants are the defaults of the settings.</summary>
public sealed record GuestLimitOptions
{
    public const int DefaultMaxConnections = 128;

    /// <summary>Of both windows.</summary>
    public const int DefaultQueryRateLimit = 10;

    /// <summary>Of both windows.</summary>
    public const int DefaultWindowSeconds = 10;

    /// <summary>Open connections of one address; one more is answered 429 and closed. 0: no limit.</summary>
    public int MaxConnections { get; init; } = DefaultMaxConnections;

    /// <summary>Neutron's <c>rate_limit_enabled</c> (spec/neutron-metadata.md §1.3). Here for IPv4 and IPv6 together.</summary>
    public bool RateLimitEnabled { get; init; }

    /// <summary>Neutron's <c>base_query_rate_limit</c>: requests in <see cref="BaseWindowDuration"/>.</summary>
    public int BaseQueryRateLimit { get; init; } = DefaultQueryRateLimit;

    /// <summary>Neutron's <c>base_window_duration</c>.</summary>
    public TimeSpan BaseWindowDuration { get; init; } = TimeSpan.FromSeconds(DefaultWindowSeconds);

    /// <summary>Neutron's <c>burst_query_rate_limit</c>: requests in <see cref="BurstWindowDuration"/>.</summary>
    public int BurstQueryRateLimit { get; init; } = DefaultQueryRateLimit;

    /// <summary>Neutron's <c>burst_window_duration</c>.</summary>
    public TimeSpan BurstWindowDuration { get; init; } = TimeSpan.FromSeconds(DefaultWindowSeconds);
}
