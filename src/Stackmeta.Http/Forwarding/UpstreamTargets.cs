namespace Stackmeta.Http;

/// <summary>
/// The addresses that requests to one next hop go to. Guests ask for the same few targets again and again, and reading an address costs more
/// than finding it.
/// </summary>
/// <remarks>Safe for all threads: an entry is replaced as a whole, and is one target's or another's.</remarks>
/// <param name="origin">Scheme, host and port of the next hop, for example <c>http://127.0.0.1:8775</c>.</param>
public sealed class UpstreamTargets(string origin)
{
    /// <summary>All clients of tests/Support/traces together ask for 150 different targets. A long one is not kept.</summary>
    const int Entries = 256;
    const int LongestKept = 256;

    readonly Uri?[] _kept = new Uri?[Entries];

    /// <summary>The address with a target in origin form, byte for byte; null when there can be none.</summary>
    public Uri? Find(ReadOnlySpan<char> target)
    {
        if (target.Length > LongestKept)
        {
            return Create(target);
        }
        ref var entry = ref _kept[(uint)string.GetHashCode(target, StringComparison.Ordinal) % Entries];
        if (Volatile.Read(ref entry) is { } kept && kept.OriginalString.AsSpan(origin.Length).SequenceEqual(target))
        {
            return kept;
        }
        var created = Create(target);
        if (created is not null)
        {
            Volatile.Write(ref entry, created);
        }
        return created;
    }

    Uri? Create(ReadOnlySpan<char> target) =>
        Uri.TryCreate(
            string.Concat(origin, target),
            // What a path means is not this hop's to say.
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true },
            out var created
        )
            ? created
            : null;
}
