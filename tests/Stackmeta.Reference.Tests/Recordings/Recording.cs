using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Stackmeta.Tests.Support;

namespace Stackmeta.Reference.Tests;

/// <summary>What a real nova-api-metadata answered to requests for one instance (data/open, one or several in a file).</summary>
sealed record Recording
{
    /// <summary>File, and instance where a file has several.</summary>
    public required string Name { get; init; }

    public required string Uuid { get; init; }

    /// <summary>The cell whose database has the instance.</summary>
    public required string Cell { get; init; }

    /// <summary>Whether the requests are a sequence that changes what is stored, so that each depends on those before.</summary>
    public required bool IsSequence { get; init; }

    /// <summary>Whether Nova ran with other settings than usual.</summary>
    public required bool IsVariant { get; init; }

    /// <summary>Whether it comes from the other of Nova's two servers, eventlet's.</summary>
    public required bool IsOtherServer { get; init; }

    /// <summary>How long Nova kept its records while this was recorded.</summary>
    public required int CacheSeconds { get; init; }

    /// <summary>The headers that prove the caller.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Proof { get; init; }

    public required ImmutableArray<RecordedRequest> Requests { get; init; }

    /// <summary>All recordings of a file.</summary>
    public static ImmutableArray<Recording> Read(string file)
    {
        using var compressed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(compressed);
        var root = document.RootElement;
        var name = Path.GetFileName(file)[..^".json.gz".Length];
        return root.TryGetProperty("instances", out var instances)
            ?
            [
                .. instances
                    .EnumerateArray()
                    .Select(one => Read(one, $"{name}:{one.GetProperty("key").GetString()}", name)),
            ]
            : [Read(root, name, name)];
    }

    static Recording Read(JsonElement one, string name, string file)
    {
        var headers = one.GetProperty("headers").EnumerateArray().Select(Headers).ToArray();
        var bodies = one.GetProperty("bodies").EnumerateArray().Select(body => Bytes(body)!).ToArray();
        return new()
        {
            Name = name,
            Uuid = one.GetProperty("uuid").GetString()!,
            Cell = one.TryGetProperty("cell", out var cell) ? cell.GetString() ?? "cell1" : "cell1",
            IsSequence = file.StartsWith("_password", StringComparison.Ordinal),
            IsVariant = file.StartsWith("_variant", StringComparison.Ordinal),
            IsOtherServer = file.StartsWith("_eventlet", StringComparison.Ordinal),
            CacheSeconds = one.GetProperty("conf").TryGetProperty("metadata_cache_expiration", out var seconds)
                ? seconds.GetInt32()
                : 0,
            Proof =
            [
                .. one.GetProperty("auth")
                    .EnumerateObject()
                    .Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!)),
            ],
            Requests =
            [
                .. one.GetProperty("requests")
                    .EnumerateArray()
                    .Select(request => RecordedRequest.Read(request, headers, bodies)),
            ],
        };
    }

    static KeyValuePair<string, string>[] Headers(JsonElement pairs) =>
        [.. pairs.EnumerateArray().Select(pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetString()!))];

    /// <summary>A body is a text, bytes in base64, or one character many times.</summary>
    public static byte[]? Bytes(JsonElement body) =>
        body.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.String => Encoding.UTF8.GetBytes(body.GetString()!),
            _ when body.TryGetProperty("t", out var text) => Encoding.UTF8.GetBytes(text.GetString()!),
            _ when body.TryGetProperty("b64", out var base64) => base64.GetBytesFromBase64(),
            _ => Encoding.Latin1.GetBytes(
                string.Concat(
                    Enumerable.Repeat(body.GetProperty("repeat").GetString()!, body.GetProperty("n").GetInt32())
                )
            ),
        };
}

/// <summary>One request and its answer.</summary>
sealed record RecordedRequest
{
    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>Headers that were sent instead of the usual ones; a null value left the usual one out.</summary>
    public required ImmutableArray<KeyValuePair<string, string?>> Changes { get; init; }

    public byte[]? Body { get; init; }

    /// <summary>The whole request as text, <c>{auth}</c> standing for the proof; null for one in the usual form.</summary>
    public string? Raw { get; init; }

    /// <summary>Not a request but a pause of so long; Nova's cache had to expire.</summary>
    public TimeSpan Pause { get; init; }

    public required Answer Answer { get; init; }

    /// <summary>The rows of the password after a step of a sequence: key, the first 40 characters, length, deleted.</summary>
    public ImmutableArray<string>? RowsAfter { get; init; }

    /// <summary>The same for requests that differ in nothing but the instance.</summary>
    public required string Twin { get; init; }

    public static RecordedRequest Read(JsonElement request, KeyValuePair<string, string>[][] headers, byte[][] bodies)
    {
        if (request.TryGetProperty("sleep", out var sleep))
        {
            return new()
            {
                Method = "",
                Path = "",
                Changes = [],
                Answer = Answer.None,
                Twin = "",
                Pause = TimeSpan.FromSeconds(sleep.GetDouble()),
            };
        }
        request.TryGetProperty("x", out var changes);
        request.TryGetProperty("d", out var body);
        var sent = headers[request.GetProperty("h").GetInt32()];
        var (method, path) = (request.GetProperty("m").GetString()!, request.GetProperty("p").GetString()!);
        return new()
        {
            Method = method,
            Path = path,
            Changes =
                changes.ValueKind == JsonValueKind.Object ? [.. changes.EnumerateObject().SelectMany(Change)] : [],
            Body = Recording.Bytes(body),
            Raw = request.TryGetProperty("raw", out var raw) ? raw.GetString() : null,
            Answer = new()
            {
                Status = request.GetProperty("s").GetInt32(),
                ContentTypes =
                [
                    .. sent.Where(pair => pair.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                        .Select(pair => pair.Value),
                ],
                Body = bodies[request.GetProperty("b").GetInt32()],
                HasOddStatusLine = sent.Any(pair => pair.Key == "X-Rig-Odd-Status-Line"),
            },
            RowsAfter = request.TryGetProperty("rows_after", out var rows)
                ?
                [
                    .. rows.EnumerateArray()
                        .Select(row => string.Join('|', row.EnumerateArray().Select(column => column.ToString()))),
                ]
                : null,
            Twin = TwinOf(method, path, changes.ToString(), TextOf(body)),
        };
    }

    // An empty body is another request than none.
    static string TextOf(JsonElement body) => body.ValueKind == JsonValueKind.Undefined ? "" : body.GetRawText();

    /// <summary>The same text for requests that differ in nothing but the instance.</summary>
    public static string TwinOf(string method, string path, string changes, string body) =>
        $"{method} {path} {changes} {body}";

    static IEnumerable<KeyValuePair<string, string?>> Change(JsonProperty change) =>
        change.Value.ValueKind == JsonValueKind.Array
            ? change.Value.EnumerateArray().Select(value => KeyValuePair.Create(change.Name, value.GetString()))
            : [KeyValuePair.Create(change.Name, change.Value.GetString())];
}

/// <summary>An answer as far as it is compared. Status 0: the connection ended without one.</summary>
sealed record Answer
{
    public static Answer None { get; } = new();

    public static Answer Of(RawAnswer answer) =>
        new()
        {
            Status = answer.Status,
            ContentTypes =
            [
                .. answer
                    .Headers.Where(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                    .Select(header => header.Value),
            ],
            Body = answer.Body,
            Fault = answer.IsCutShort && answer.Status != 0 ? "the answer is cut short" : null,
        };

    public int Status { get; init; }

    public ImmutableArray<string> ContentTypes { get; init; } = [];

    public byte[] Body { get; init; } = [];

    /// <summary>The status line was no HTTP/1.x: the server echoed what it was sent.</summary>
    public bool HasOddStatusLine { get; init; }

    /// <summary>What is wrong with the message itself, such as a body cut short or bytes after its end; null for nothing.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether the reference failed: no answer at all, or its 500.</summary>
    public bool IsCrash => Status is 0 or 500;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Same status, content type and body.</summary>
    public bool Matches(Answer? other) =>
        other is not null
        && Status == other.Status
        && ContentTypes.SequenceEqual(other.ContentTypes)
        && Body.AsSpan().SequenceEqual(other.Body);

    /// <summary>Whether it has a short text that says what is wrong.</summary>
    public bool IsShortReason(string method) =>
        (method == "HEAD" && Body.Length == 0) || Body.Length is > 0 and <= 1024;
}
