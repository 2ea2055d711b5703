using System.Collections.Concurrent;

namespace Stackmeta.Reference.Tests;

/// <summary>How many answers were identical, how many differ by which rule, and which differ otherwise.</summary>
sealed class Verdicts
{
    readonly ConcurrentDictionary<string, int> _byRule = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<string> _mismatches = new();
    int _identical;
    int _requests;

    public IReadOnlyCollection<string> Mismatches => _mismatches;

    public int Requests => _requests;

    public void Identical()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _identical);
    }

    public void ByRule(string rule)
    {
        Interlocked.Increment(ref _requests);
        _byRule.AddOrUpdate(rule, 1, (_, count) => count + 1);
    }

    public void Mismatch(string what)
    {
        Interlocked.Increment(ref _requests);
        _mismatches.Enqueue(what);
    }

    public void Add(Verdicts other)
    {
        Interlocked.Add(ref _requests, other._requests);
        Interlocked.Add(ref _identical, other._identical);
        foreach (var (rule, count) in other._byRule)
        {
            _byRule.AddOrUpdate(rule, count, (_, sum) => sum + count);
        }
        foreach (var mismatch in other._mismatches)
        {
            _mismatches.Enqueue(mismatch);
        }
    }

    /// <summary>Fails, with what mismatches, unless the counts are these.</summary>
    public void Expect(string counts) =>
        Assert.True(ToString() == counts, $"{counts}\n{this}\n{string.Join('\n', Mismatches)}");

    public override string ToString() =>
        $"{_requests} requests, {_identical} identical, {_byRule.Values.Sum()} by rule ("
        + string.Join(
            ", ",
            _byRule.OrderBy(rule => rule.Key, StringComparer.Ordinal).Select(rule => $"{rule.Key} {rule.Value}")
        )
        + $"), {_mismatches.Count} mismatches";
}
