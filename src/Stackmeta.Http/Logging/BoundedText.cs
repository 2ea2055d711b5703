namespace Stackmeta.Http;

/// <summary>
/// Text from outside, made fit for a log line (OSSA-2012-003): short, on one line, printable. Costs nothing until it is written.
/// </summary>
public readonly struct BoundedText(string? text)
{
    /// <summary>Characters kept. An id has 36, the longest path of the trees about 80.</summary>
    public const int MaxLength = 128;

    /// <summary>
    /// At most <see cref="MaxLength"/> characters, anything but printable ASCII replaced by <c>?</c>, dots where text was cut.
    /// </summary>
    public override string ToString()
    {
        ReadOnlySpan<char> whole = text;
        var cut = whole.Length > MaxLength;
        var kept = cut ? whole[..MaxLength] : whole;
        return string.Create(
            kept.Length + (cut ? 3 : 0),
            kept,
            static (line, source) =>
            {
                for (var i = 0; i < source.Length; i++)
                {
                    line[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
                }
                line[source.Length..].Fill('.');
            }
        );
    }
}
