using System.Buffers;
using System.Text;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>Error pages by Accept: spec/nova-metadata-cases.md, B1 to B5.</summary>
public sealed class ErrorPageTests
{
    const string NotFound = "The resource could not be found.";

    const string Text = "404 Not Found\n\nThe resource could not be found.\n\n   ";

    const string Html =
        "<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n"
        + "  The resource could not be found.<br /><br />\n\n\n\n </body>\n</html>";

    const string Json =
        "{\"message\": \"The resource could not be found.<br /><br />\\n\\n\\n\", \"code\": \"404 Not Found\", \"title\": \"Not Found\"}";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("image/png")]
    [InlineData("text/plain")]
    [InlineData("*/*;q=0")]
    [InlineData("text/html;q=0")]
    [InlineData("text/html;level=1")]
    [InlineData("text/html;q=0, text/html")]
    [InlineData("application/*;q=0")]
    [InlineData("*/html")]
    [InlineData(",")]
    public void B1_B5_Who_accepts_neither_form_gets_text(string? accept) =>
        Check(accept, Text, 52, "text/plain; charset=UTF-8");

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/html")]
    [InlineData("TEXT/HTML")]
    [InlineData("text/*")]
    [InlineData("text/*;level=1")]
    [InlineData("application/json, text/html")]
    [InlineData("application/json;q=0, */*")]
    [InlineData("text/html;q=0.5;ext=1, application/json;q=0.4")]
    [InlineData("text/html \t; q=0.7 ,, application/json;Q=0.69")]
    [InlineData("application/json;charset=utf-8, */*;q=0.1")]
    public void B2_B4_Who_accepts_html_no_less_than_json_gets_html(string accept) =>
        Check(accept, Html, 154, "text/html; charset=UTF-8");

    [Theory]
    [InlineData("garbage;;;")]
    [InlineData("text")]
    [InlineData(" application/json")]
    [InlineData("application/json ")]
    [InlineData(",application/json")]
    [InlineData("application/json;q=1.5")]
    [InlineData("application/json;q=0.1234")]
    [InlineData("application/json;q=.5")]
    [InlineData("application/json;q")]
    [InlineData("application/json;q=\"1\"")]
    [InlineData("application/json;a")]
    [InlineData("application/json;")]
    [InlineData("application/json;a=\"x")]
    [InlineData("application/json, é/x")]
    public void B2_Who_sends_no_Accept_that_can_be_read_gets_html(string accept) =>
        Check(accept, Html, 154, "text/html; charset=UTF-8");

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/*")]
    [InlineData("application/json, text/html;q=0.5")]
    [InlineData("application/json;q=0.9, */*;q=0.8")]
    [InlineData("application/xml, application/json;q=0.9")]
    [InlineData("text/plain, application/json")]
    [InlineData("*/*;q=0.5, text/html;q=0")]
    [InlineData("application/json;q=1.;x=\"a,\\\"b\"")]
    [InlineData("text/html;level=1, application/json;q=0.001")]
    public void B3_Who_prefers_json_gets_json(string accept) => Check(accept, Json, 112, "application/json");

    [Theory]
    [InlineData(400, "400 Bad Request")]
    [InlineData(403, "403 Forbidden")]
    [InlineData(409, "409 Conflict")]
    [InlineData(411, "411 Length Required")]
    [InlineData(413, "413 Request Entity Too Large")]
    [InlineData(429, "429 Too Many Requests")]
    [InlineData(500, "500 Internal Server Error")]
    [InlineData(503, "503 Service Unavailable")]
    [InlineData(504, "504 Gateway Timeout")]
    public void Each_status_has_its_title(int status, string line) =>
        Assert.StartsWith(line + "\n\n", Render(status, "x", accept: null).Page, StringComparison.Ordinal);

    [Theory]
    [InlineData(404, 52, 154)]
    [InlineData(403, 52, 154)]
    [InlineData(500, 93, 207)]
    [InlineData(409, 77, 178)]
    public void B6_Pages_are_as_long_as_Novas(int status, int text, int html)
    {
        var refusal = Enum.GetValues<Refusal>()
            .Where(value => value != Refusal.None)
            .First(value =>
                RefusalDescription.Of(value) is var description
                && description.Status == status
                && value
                    is Refusal.PathNotFound
                        or Refusal.SignatureWrong
                        or Refusal.PartUnreadable
                        or Refusal.PasswordAlreadySet
            );
        var explanation = RefusalDescription.Of(refusal).Explanation;
        Assert.Equal(text, Render(status, explanation, accept: null).Page.Length);
        Assert.Equal(html, Render(status, explanation, "*/*").Page.Length);
    }

    [Fact]
    public void OSSN0097_An_explanation_cannot_bring_markup_into_a_page()
    {
        Assert.Contains(
            "  &lt;a href=&quot;x&quot;&gt;&amp;&#x27;&#233;&#128512;<br />",
            Render(404, "<a href=\"x\">&'é😀", "*/*").Page,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\"message\": \"\\\"\\u00e9<br />",
            Render(404, "\"é", "application/json").Page,
            StringComparison.Ordinal
        );
    }

    static void Check(string? accept, string expected, int length, string expectedType)
    {
        var (page, contentType) = Render(404, NotFound, accept);
        Assert.Equal(expected, page);
        Assert.Equal(length, page.Length);
        Assert.Equal(expectedType, contentType);
    }

    static (string Page, string ContentType) Render(int status, string explanation, string? accept)
    {
        var output = new ArrayBufferWriter<byte>();
        var contentType = ErrorPage.Render(status, explanation, accept, output);
        return (Encoding.UTF8.GetString(output.WrittenSpan), contentType);
    }
}
