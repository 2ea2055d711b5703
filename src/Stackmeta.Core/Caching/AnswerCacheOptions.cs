namespace Stackmeta.Core.Caching;

/// <summary>How long answers are kept, and how long requests wait for one.</summary>
public sealed record AnswerCacheOptions
{
    /// <summary>The default of <see cref="Expiration"/>, here and in the settings.</summary>
    public const int DefaultExpirationSeconds = 15;

    /// <summary>The default of <see cref="MaxBytes"/>, here and in the settings.</summary>
    public const long DefaultMaxBytes = 64 * 1024 * 1024;

    /// <summary>How long a good answer is given, counted from the moment at which it was asked for; zero keeps none.</summary>
    public TimeSpan Expiration { get; init; } = TimeSpan.FromSeconds(DefaultExpirationSeconds);

    /// <summary>How long "there is none" is given; never longer than <see cref="Expiration"/>.</summary>
    public TimeSpan NegativeExpiration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after its expiry a good answer may still be given, only while the source cannot be asked.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a request waits inside for a source that is briefly down. Below 8 s: cloud-init gives up a socket operation
    /// after 10 s (spec/guest-clients.md §1.2), and most of its versions never repeat a document.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(7.5);

    /// <summary>A source that says nothing for so long counts as down for those who hold an answer within its grace.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Requests that may wait at once; one more is told that the source is unavailable.</summary>
    public int MaxWaiters { get; init; } = 4096;

    /// <summary>Estimated bytes that kept answers may take; the least used go first.</summary>
    public long MaxBytes { get; init; } = DefaultMaxBytes;
}
