using System.Buffers;
using System.Text;

namespace Stackmeta.Documents;

/// <summary>
/// The page of Debian's health check in its three forms (oslo.middleware 5.0.0, <c>healthcheck</c>; spec/nova-metadata.md §8.5).
/// </summary>
public static class HealthPage
{
    /// <summary>Writes the page in the form that is accepted; text where none is.</summary>
    /// <param name="reason">What is the matter: <c>OK</c>, or why it is not.</param>
    /// <param name="accept">The Accept header; null for none.</param>
    /// <param name="output">Where the page goes.</param>
    /// <returns>The Content-Type of the page.</returns>
    public static string Render(string reason, string? accept, IBufferWriter<byte> output)
    {
        var (page, contentType) = AcceptHeader.ChooseWithText(accept) switch
        {
            ErrorPageForm.Html => (Html(reason), ContentTypes.Html),
            ErrorPageForm.Json => (Json(reason), ContentTypes.Json),
            _ => (reason, ContentTypes.Text),
        };
        Encoding.ASCII.GetBytes(page, output);
        return contentType;
    }

    static string Json(string reason) =>
        $"{{\n    \"detailed\": false,\n    \"reasons\": [\n        \"{reason}\"\n    ]\n}}";

    static string Html(string reason) =>
        $"""
            <HTML>
            <HEAD><TITLE>Healthcheck Status</TITLE></HEAD>
            <BODY>

            <H2>Result of 1 checks:</H2>
            <TABLE bgcolor="#ffffff" border="1">
            <TBODY>
            <TR>

            <TH>
            Reason
            </TH>
            </TR>
            <TR>

                <TD>{reason}</TD>

            </TR>
            </TBODY>
            </TABLE>
            <HR></HR>

            </BODY>
            </HTML>
            """;
}
