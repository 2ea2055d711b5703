using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stackmeta.Http;
using Stackmeta.Inventory;

namespace Stackmeta.Admin;

/// <summary>Answers on the admin socket: text for eyes, JSON for programs, and errors as JSON with their reasons.</summary>
public static class AdminAnswer
{
    public const string Json = "application/json";
    public const string Text = "text/plain; charset=utf-8";
    public const string Bytes = "application/octet-stream";

    static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Task TextAsync(AdminRequest request, int status, string text, string contentType = Text) =>
        Answer.WriteAsync(request.Http, status, contentType, Encoding.UTF8.GetBytes(text));

    public static Task JsonAsync(AdminRequest request, int status, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, Indented))
        {
            write(json);
        }
        body.Write("\n"u8);
        return Answer.WriteAsync(request.Http, status, Json, body.WrittenSpan);
    }

    /// <summary>
    /// A body that is made while it is sent. Where that fails in the middle, the connection breaks, so that nobody takes a part for the
    /// whole.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="contentType">What it is.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="write">Writes just so many; not called for HEAD.</param>
    public static Task StreamAsync(
        AdminRequest request,
        string contentType,
        long length,
        Func<Stream, CancellationToken, Task> write
    )
    {
        var response = request.Http.Response;
        response.ContentType = contentType;
        response.ContentLength = length;
        return RequestMethod.IsHead(request.Http) ? Task.CompletedTask : write(response.Body, request.Aborted);
    }

    /// <summary>An error of one sentence.</summary>
    public static Task ErrorAsync(AdminRequest request, int status, string sentence) =>
        ErrorAsync(request, status, [new Objection(ObjectionKind.Invalid, "", sentence)]);

    /// <summary>What was objected to. The first objection decides on the status; the others are told as well.</summary>
    public static Task ErrorAsync(AdminRequest request, ImmutableArray<Objection> objections) =>
        ErrorAsync(request, StatusOf(objections[0]), objections);

    static int StatusOf(Objection objection) =>
        objection.Kind switch
        {
            // What is not there is the entry itself, or something that the entry names.
            ObjectionKind.NotFound => objection.Path.Length == 0 ? 404 : 400,
            ObjectionKind.Invalid => 400,
            _ => 409,
        };

    /// <summary>
    /// <c>{"errors": [{"path", "reason", "line"}]}</c>, one for each thing that is wrong; the line of the body where it is known.
    /// </summary>
    public static Task ErrorAsync(AdminRequest request, int status, ImmutableArray<Objection> objections) =>
        JsonAsync(
            request,
            status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("errors");
                foreach (var objection in objections)
                {
                    json.WriteStartObject();
                    json.WriteString("path", objection.Path);
                    json.WriteString("reason", objection.Sentence);
                    if (objection.Line is { } line)
                    {
                        json.WriteNumber("line", line);
                    }
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
}
