namespace Stackmeta.Core.Caching;

/// <summary>A question that <see cref="AnswerCache{TKey,TAnswer}"/> keeps the answers of.</summary>
public interface IAnswerSource<TKey, TAnswer>
{
    /// <summary>What is answered when the source could not be asked in time.</summary>
    TAnswer Unavailable { get; }

    /// <summary>Asks. The token fires when the cache gives the attempt up; no single request's end fires it.</summary>
    ValueTask<TAnswer> AskAsync(TKey key, CancellationToken cancellationToken);

    /// <summary>What kind of answer it is.</summary>
    AnswerKind KindOf(in TAnswer answer);

    /// <summary>About how many bytes of memory key and answer take.</summary>
    long SizeOf(TKey key, in TAnswer answer);
}

/// <summary>How an answer is kept.</summary>
public enum AnswerKind
{
    /// <summary>Kept for <see cref="AnswerCacheOptions.Expiration"/>.</summary>
    Found,

    /// <summary>Kept for <see cref="AnswerCacheOptions.NegativeExpiration"/>: there is none.</summary>
    Absent,

    /// <summary>
    /// The source cannot tell, and asking again at once will not help. Given to those for whom nothing else is kept, and kept as long as
    /// <see cref="Absent"/>; others are given what is known, within its grace.
    /// </summary>
    Failed,

    /// <summary>Not kept: the source is briefly down, and whoever asks waits.</summary>
    Unavailable,
}
