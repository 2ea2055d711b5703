using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Stackmeta.Http;

namespace Stackmeta.WebConsole;

/// <summary>What the page asks about guests: lists of them, the explanation of one, and its documents.</summary>
sealed class GuestQuestions(PathWatch watch, IConsolePath path) : IDisposable
{
    const string Json = "application/json";

    /// <summary>Guests of one answer; the page asks for more when it is scrolled there.</summary>
    const int PageSize = 50;

    /// <summary>An explanation asks every hop; whoever clicks fast must not load the path.</summary>
    readonly SemaphoreSlim _asking = new(2);

    public void Dispose() => _asking.Dispose();

    /// <summary><c>/guests?network=ID</c> or <c>/guests?search=TEXT</c>, and <c>from=N</c>.</summary>
    public Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (network, search) = (query["network"].ToString(), query["search"].ToString().Trim());
        _ = int.TryParse(query["from"], NumberStyles.None, CultureInfo.InvariantCulture, out var from);
        var rows = watch.Read<IReadOnlyList<GuestRow>>(picture =>
            [.. network.Length > 0 ? picture.Guests.OfNetwork(network) : picture.Guests.Search(search)]
        );
        return WriteAsync(
            context,
            json =>
            {
                json.WriteStartObject();
                json.WriteNumber("total", rows.Count);
                json.WriteStartArray("guests");
                foreach (var row in rows.Skip(from).Take(PageSize))
                {
                    GuestJson.Write(json, row);
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }

    /// <summary><c>/explain?asked=…&amp;network=…</c>: what <c>stackmeta explain --output json</c> prints, or <c>{"error"}</c>.</summary>
    public Task ExplainAsync(HttpContext context) =>
        AskAsync(
            context,
            async guest =>
            {
                var explanation = await path.ExplainAsync(guest, context.RequestAborted);
                await Answer.WriteAsync(context, 200, Json, Encoding.UTF8.GetBytes(explanation));
            }
        );

    /// <summary><c>/documents</c>: what can be read of a guest.</summary>
    public static Task ListDocumentsAsync(HttpContext context) =>
        WriteAsync(
            context,
            static json =>
            {
                json.WriteStartArray();
                foreach (var (path, isPrivate) in DocumentList.All)
                {
                    json.WriteStartObject();
                    json.WriteString("path", path);
                    json.WriteBoolean("private", isPrivate);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        );

    /// <summary><c>/document?asked=…&amp;network=…&amp;path=…</c>: a document as text.</summary>
    public Task ReadDocumentAsync(HttpContext context) =>
        AskAsync(
            context,
            async guest =>
            {
                var wanted = context.Request.Query["path"].ToString();
                if (!DocumentList.Has(wanted))
                {
                    throw new ConsoleException("There is no such document on the list.");
                }
                var document = await path.ReadAsync(guest, wanted, context.RequestAborted);
                await WriteAsync(
                    context,
                    json =>
                    {
                        json.WriteStartObject();
                        json.WriteNumber("status", document.Status);
                        json.WriteNumber("bytes", document.Bytes.Length);
                        json.WriteString("text", DocumentText.Of(document.Bytes.Span));
                        json.WriteEndObject();
                    }
                );
            }
        );

    async Task AskAsync(HttpContext context, Func<GuestName, Task> ask)
    {
        var query = context.Request.Query;
        var guest = new GuestName(
            query["asked"].ToString(),
            query["network"].ToString() is { Length: > 0 } network ? network : null,
            query["router"].ToString() is { Length: > 0 } router ? router : null
        );
        await _asking.WaitAsync(context.RequestAborted);
        try
        {
            await ask(guest);
        }
        catch (ConsoleException e)
        {
            await WriteAsync(
                context,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("error", e.Message);
                    json.WriteEndObject();
                }
            );
        }
        finally
        {
            _asking.Release();
        }
    }

    static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }
        return Answer.WriteAsync(context, 200, Json, body.WrittenSpan);
    }
}
