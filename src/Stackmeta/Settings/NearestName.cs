namespace Stackmeta;

/// <summary>What somebody who wrote an unknown name most likely meant.</summary>
static class NearestName
{
    /// <summary>The nearest of the known names; null where none is near enough to be meant.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var written = Plain(name);
        var candidates = known.Select(candidate => (Name: candidate, Plain: Plain(candidate))).ToList();
        // Cut short, as --dns of --dns-nameserver: with too few letters of a word nothing is meant.
        var begun = candidates.Where(one =>
            Letters(written) >= 2 && one.Plain.StartsWith(written, StringComparison.Ordinal)
        );
        var near = candidates
            .Select(one => (one.Name, one.Plain, Distance: Distance(written, one.Plain)))
            .Where(one => one.Distance <= Most(Letters(written), Letters(one.Plain)))
            .OrderBy(static one => one.Distance)
            .Select(static one => one.Name);
        return near.FirstOrDefault() ?? begun.Select(static one => one.Name).FirstOrDefault();
    }

    /// <summary>The end of a sentence about an unknown name: the nearest, or else where all are.</summary>
    /// <param name="otherwise">For example <c>'stackmeta settings' lists all</c>.</param>
    public static string Hint(string name, IEnumerable<string> known, string otherwise) =>
        Of(name, known) is { } nearest ? $"; the nearest is '{nearest}'." : $"; {otherwise}.";

    /// <summary>
    /// How many mistakes are taken for mistakes: one in three letters of the shorter name. With more, two words are just two words.
    /// </summary>
    static int Most(int written, int candidate) => Math.Max(1, Math.Min(written, candidate) / 3);

    static int Letters(string name) => name.Count(char.IsAsciiLetterOrDigit);

    static string Plain(string name) => name.ToLowerInvariant().Replace('_', '-');

    /// <summary>
    /// Damerau and Levenshtein's distance: how many letters must be put, taken or changed, or neighbours exchanged.
    /// </summary>
    static int Distance(string a, string b)
    {
        var before = new int[b.Length + 1];
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var next = new int[b.Length + 1];
            next[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                next[j] = Math.Min(Math.Min(next[j - 1], row[j]) + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    next[j] = Math.Min(next[j], before[j - 2] + 1);
                }
            }
            (before, row) = (row, next);
        }
        return row[b.Length];
    }
}
