namespace Stackmeta.Documents;

/// <summary>The forms of an error page.</summary>
enum ErrorPageForm
{
    Text,
    Html,
    Json,
}

/// <summary>
/// What an Accept header prefers of <c>text/html</c> and <c>application/json</c>, by RFC 7231 §5.3.2. Without a header, and when
/// both are refused, it is plain text; a header that is none by the grammar accepts everything.
/// </summary>
static class AcceptHeader
{
    /// <summary>For an error page, which is plain text only where neither of the others is accepted.</summary>
    public static ErrorPageForm Choose(string? accept) => Choose(accept, offersText: false);

    /// <summary>For a page that is plain text wherever that is accepted as much as the others.</summary>
    public static ErrorPageForm ChooseWithText(string? accept) => Choose(accept, offersText: true);

    static ErrorPageForm Choose(string? accept, bool offersText)
    {
        if (string.IsNullOrEmpty(accept))
        {
            return ErrorPageForm.Text;
        }
        var text = new AcceptedOffer("text", "plain");
        var html = new AcceptedOffer("text", "html");
        var json = new AcceptedOffer("application", "json");
        var ranges = new AcceptGrammar(accept);
        while (ranges.TryRead(out var range))
        {
            text.Consider(range);
            html.Consider(range);
            json.Consider(range);
        }
        if (ranges.IsMalformed)
        {
            return offersText ? ErrorPageForm.Text : ErrorPageForm.Html;
        }
        if (offersText && text.Quality > 0 && text.Quality >= Math.Max(html.Quality, json.Quality))
        {
            return ErrorPageForm.Text;
        }
        return html.Quality > 0 && html.Quality >= json.Quality ? ErrorPageForm.Html
            : json.Quality > 0 ? ErrorPageForm.Json
            : ErrorPageForm.Text;
    }
}

/// <summary>One media range of an Accept header, its weight in thousandths. No error page has parameters.</summary>
readonly ref struct MediaRange(ReadOnlySpan<char> type, ReadOnlySpan<char> subtype, bool hasParameters, int quality)
{
    public ReadOnlySpan<char> Type { get; } = type;
    public ReadOnlySpan<char> Subtype { get; } = subtype;
    public bool HasParameters { get; } = hasParameters;
    public int Quality { get; } = quality;
}

/// <summary>How welcome a media type is: decided by the most specific range that matches it, the first of equals.</summary>
struct AcceptedOffer(string type, string subtype)
{
    int _specificity;

    public int Quality { get; private set; }

    public void Consider(in MediaRange range)
    {
        var specificity = SpecificityOf(range);
        if (specificity > _specificity)
        {
            _specificity = specificity;
            Quality = range.Quality;
        }
    }

    readonly int SpecificityOf(in MediaRange range) =>
        range switch
        {
            { Type: "*", Subtype: "*" } => 1,
            { Subtype: "*" } when Matches(range.Type, type) => 2,
            { HasParameters: false } when Matches(range.Type, type) && Matches(range.Subtype, subtype) => 3,
            _ => 0,
        };

    static bool Matches(ReadOnlySpan<char> name, string expected) =>
        name.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
