namespace Stackmeta;

/// <summary>What somebody who wrote an unknown name most likely meant.</summary>
static class NearestName
{
    /// <param name="known">At least one.</param>
    public static string Of(string name, IEnumerable<string> known) =>
        known.MinBy(candidate => Distance(name, candidate))!;

    /// <summary>Levenshtein's distance: how many letters must be put, taken or changed.</summary>
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
