using System.Buffers;
using System.Net;

namespace Stackmeta.Documents;

/// <summary>The body of an answer that refuses, in the form that the caller's <c>Accept</c> prefers (spec/nova-metadata.md §1.6).</summary>
public static class ErrorPage
{
    /// <summary>Writes a page, byte for byte as Nova does for the statuses that it gives.</summary>
    /// <param name="status">The HTTP status code, for example 404.</param>
    /// <param name="explanation">One sentence without line breaks.</param>
    /// <param name="accept">The value of the request's Accept header; null or empty when it has none. Several are joined by commas.</param>
    /// <param name="output">Where the bytes go.</param>
    /// <returns>The Content-Type, one of <see cref="ContentTypes"/>.</returns>
    public static string Render(int status, string explanation, string? accept, IBufferWriter<byte> output)
    {
        var form = AcceptHeader.Choose(accept);
        var title = TitleOf(status);
        switch (form)
        {
            case ErrorPageForm.Html:
                WriteHtml(status, title, explanation, output);
                return ContentTypes.Html;
            case ErrorPageForm.Json:
                WriteJson(status, title, explanation, output);
                return ContentTypes.Json;
            default:
                WriteText(status, title, explanation, output);
                return ContentTypes.Text;
        }
    }

    static void WriteText(int status, string title, string explanation, IBufferWriter<byte> output)
    {
        var text = new Utf8Output(output);
        WriteStatus(ref text, status, title);
        text.Write("\n\n"u8);
        text.Write(explanation);
        text.Write("\n\n   "u8);
        text.Flush();
    }

    static void WriteHtml(int status, string title, string explanation, IBufferWriter<byte> output)
    {
        var text = new Utf8Output(output);
        text.Write("<html>\n <head>\n  <title>"u8);
        WriteStatus(ref text, status, title);
        text.Write("</title>\n </head>\n <body>\n  <h1>"u8);
        WriteStatus(ref text, status, title);
        text.Write("</h1>\n  "u8);
        WriteEscaped(ref text, explanation);
        text.Write("<br /><br />\n\n\n\n </body>\n</html>"u8);
        text.Flush();
    }

    static void WriteJson(int status, string title, string explanation, IBufferWriter<byte> output)
    {
        var json = new PythonJsonWriter(output);
        json.BeginObject();
        json.Name("message"u8);
        json.Text(explanation, "<br /><br />\n\n\n");
        json.Name("code"u8);
        json.Text($"{status} ", title);
        json.Name("title"u8);
        json.Text(title);
        json.EndObject();
        json.Flush();
    }

    static void WriteStatus(ref Utf8Output text, int status, string title)
    {
        text.Write(status);
        text.Write((byte)' ');
        text.Write(title);
    }

    /// <summary>Escapes markup, and writes everything beyond ASCII as a character reference.</summary>
    static void WriteEscaped(ref Utf8Output text, string explanation)
    {
        foreach (var rune in explanation.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '&':
                    text.Write("&amp;"u8);
                    break;
                case '<':
                    text.Write("&lt;"u8);
                    break;
                case '>':
                    text.Write("&gt;"u8);
                    break;
                case '"':
                    text.Write("&quot;"u8);
                    break;
                case '\'':
                    text.Write("&#x27;"u8);
                    break;
                case <= 0x7f:
                    text.Write((byte)rune.Value);
                    break;
                default:
                    text.Write("&#"u8);
                    text.Write(rune.Value);
                    text.Write((byte)';');
                    break;
            }
        }
    }

    /// <summary>The titles of RFC 9110's predecessors, which Nova's library still has.</summary>
    static string TitleOf(int status) =>
        (HttpStatusCode)status switch
        {
            HttpStatusCode.BadRequest => "Bad Request",
            HttpStatusCode.Forbidden => "Forbidden",
            HttpStatusCode.NotFound => "Not Found",
            HttpStatusCode.MethodNotAllowed => "Method Not Allowed",
            HttpStatusCode.Conflict => "Conflict",
            HttpStatusCode.LengthRequired => "Length Required",
            HttpStatusCode.RequestEntityTooLarge => "Request Entity Too Large",
            HttpStatusCode.TooManyRequests => "Too Many Requests",
            HttpStatusCode.InternalServerError => "Internal Server Error",
            HttpStatusCode.NotImplemented => "Not Implemented",
            HttpStatusCode.BadGateway => "Bad Gateway",
            HttpStatusCode.ServiceUnavailable => "Service Unavailable",
            HttpStatusCode.GatewayTimeout => "Gateway Timeout",
            _ => ((HttpStatusCode)status).ToString(),
        };
}
