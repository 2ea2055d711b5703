namespace Stackmeta;

/// <summary>The order in which people count: numbers inside of texts by their value, so that web-2 and 10.0.0.2 come before web-10.</summary>
sealed class NaturalOrder : IComparer<string?>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (x ?? "", y ?? "");
        int i = 0,
            j = 0;
        while (i < a.Length && j < b.Length)
        {
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var first = Number(a, ref i);
                var second = Number(b, ref j);
                var order =
                    first.Length != second.Length ? first.Length - second.Length : first.SequenceCompareTo(second);
                if (order != 0)
                {
                    return order;
                }
                continue;
            }
            var letters = char.ToLowerInvariant(a[i++]) - char.ToLowerInvariant(b[j++]);
            if (letters != 0)
            {
                return letters;
            }
        }
        var rest = a.Length - i - (b.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(a, b);
    }

    /// <summary>The digits from here on, without zeros before them.</summary>
    static ReadOnlySpan<char> Number(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }
        return text.AsSpan(start, at - start).TrimStart('0');
    }
}
