using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Stackmeta.Agent.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>The stand-in for Nova that answered while the agent was recorded: the path says how.</summary>
static class FakeNova
{
    const string Plain = "text/plain; charset=UTF-8";

    static readonly byte[] Usual = Encoding.ASCII.GetBytes("body of fake nova");

    public static FakeApi Start() => new() { OnRequest = AnswerAsync };

    /// <summary>
    /// What it answers to a request line's method and path; null for a path on which it breaks off, or tells what it was sent.
    /// </summary>
    public static Answer? AnswerTo(string method, string path)
    {
        var parts = path.Split('?')[0].Trim('/').Split('/');
        var (status, type, body) = parts[0] switch
        {
            "status" => (int.Parse(parts[1]), Plain, Usual),
            "noct" => (200, null, Usual),
            "json" => (200, "application/json", Encoding.ASCII.GetBytes("""{"a": 1}""")),
            "octet" => (200, "application/octet-stream", [.. Enumerable.Range(0, 256).Select(i => (byte)i)]),
            "latin1" => (200, "text/plain; charset=iso-8859-1", [0xe9]),
            "ctodd" => (200, "text/plain; charset=UTF-8; x=y", Usual),
            "ctbare" => (200, "text/plain", Usual),
            "ctjsoncs" => (200, "application/json; charset=utf-8", Usual),
            "gzip" => (200, Plain, Compress("unzipped text")),
            "chunked" => (200, "text/plain", Encoding.ASCII.GetBytes("abcde")),
            "nolength" => (200, Plain, Encoding.ASCII.GetBytes("until close")),
            "big" => (200, Plain, Encoding.ASCII.GetBytes(new string('x', int.Parse(parts[1])))),
            "empty" => (200, Plain, []),
            "redirect" => (302, Plain, Usual),
            "close" or "short" or "garbage" or "echo" => (0, null, []),
            _ => (200, (string?)Plain, Usual),
        };
        return status == 0
            ? null
            : new()
            {
                Status = status,
                ContentTypes = type is null ? [] : [type],
                Body = method == "HEAD" || status is 204 or 304 ? [] : body,
            };
    }

    /// <summary>Whether it hangs up without a whole answer.</summary>
    public static bool BreaksOff(string path) => path.Trim('/') is "close" or "short" or "garbage";

    static async Task<bool> AnswerAsync(Agent.Tests.SentRequest request, Stream stream)
    {
        var (method, path) = (request.Line.Split(' ')[0], request.Line.Split(' ')[1]);
        switch (path.Split('?')[0].Trim('/').Split('/'))
        {
            case ["close"]:
                return false;
            case ["garbage"]:
                await FakeApi.WriteAsync(stream, "garbage\r\n\r\n");
                return false;
            case ["short"]:
                await FakeApi.WriteAsync(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nshort"
                );
                return false;
            case ["chunked"]:
                await FakeApi.WriteAsync(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                );
                return false;
            case ["nolength"]:
                await FakeApi.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: {Plain}\r\n\r\nuntil close");
                return false;
            case ["slow", var seconds]:
                await Task.Delay(TimeSpan.FromSeconds(int.Parse(seconds)));
                break;
            case ["echo", ..]:
                await WriteAsync(stream, 200, Plain, Encoding.UTF8.GetBytes(Echo(request)), "");
                return false;
        }
        var answer = AnswerTo("GET", path)!;
        var more =
            path.StartsWith("/gzip", StringComparison.Ordinal) ? "Content-Encoding: gzip\r\n"
            : path.StartsWith("/redirect/", StringComparison.Ordinal) ? $"Location: /status/{path.Split('/')[2]}\r\n"
            : path == "/json" ? "X-Extra: dropped\r\nSet-Cookie: a=b\r\nETag: \"x\"\r\n"
            : "";
        var body = AnswerTo(method, path)!.Body;
        await WriteAsync(stream, answer.Status, answer.ContentTypes.FirstOrDefault(), body, more, answer.Body.Length);
        return false;
    }

    static async Task WriteAsync(
        Stream stream,
        int status,
        string? type,
        byte[] body,
        string moreHeaders,
        int? length = null
    )
    {
        var typeLine = type is null ? "" : $"Content-Type: {type}\r\n";
        await FakeApi.WriteAsync(
            stream,
            $"HTTP/1.1 {status} Whatever\r\n{typeLine}{moreHeaders}Content-Length: {length ?? body.Length}\r\nConnection: close\r\n\r\n"
        );
        await stream.WriteAsync(body);
    }

    static string Echo(Agent.Tests.SentRequest request) =>
        JsonSerializer.Serialize(
            new
            {
                line = request.Line,
                headers = request.Headers.Select(header => new[] { header.Key, header.Value }),
                body = Encoding.Latin1.GetString(request.Body),
            }
        );

    static byte[] Compress(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.ASCII.GetBytes(text));
        }
        return compressed.ToArray();
    }
}
