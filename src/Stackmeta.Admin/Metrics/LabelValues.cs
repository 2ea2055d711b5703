using System.Collections.Immutable;

namespace Stackmeta.Admin;

/// <summary>The values of up to four labels; a key that is made without allocation.</summary>
readonly record struct LabelValues(string? First, string? Second, string? Third, string? Fourth)
{
    public static LabelValues Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        new(Text(tags, 0), Text(tags, 1), Text(tags, 2), Text(tags, 3));

    public static LabelValues Same(string text, int count) =>
        new(count > 0 ? text : null, count > 1 ? text : null, count > 2 ? text : null, count > 3 ? text : null);

    /// <summary>Whether these are the same objects, which is quicker to see than whether they say the same.</summary>
    public bool IsSame(in LabelValues other) =>
        ReferenceEquals(First, other.First)
        && ReferenceEquals(Second, other.Second)
        && ReferenceEquals(Third, other.Third)
        && ReferenceEquals(Fourth, other.Fourth);

    public ImmutableArray<string> All(int count) =>
        [.. new[] { First, Second, Third, Fourth }.Take(count).Select(static text => text ?? "")];

    static string? Text(ReadOnlySpan<KeyValuePair<string, object?>> tags, int index) =>
        index < tags.Length ? tags[index].Value as string ?? tags[index].Value?.ToString() : null;
}
