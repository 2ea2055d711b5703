namespace Stackmeta.Core.Caching;

/// <summary>How a cache of answers fares.</summary>
/// <param name="Count">Answers that are kept or being asked for.</param>
/// <param name="Bytes">Estimated bytes of what is kept.</param>
/// <param name="Hits">Requests since the start that were given a kept answer at once.</param>
/// <param name="Misses">The others.</param>
/// <param name="Waiting">Requests that wait now.</param>
public readonly record struct AnswerCacheStatistics(int Count, long Bytes, long Hits, long Misses, int Waiting);
