using System.Collections.Immutable;
using System.Text;

namespace Stackmeta.Reference.Tests;

/// <summary>A request as its bytes go over the wire, and what is wrong with them.</summary>
sealed class SentRequest
{
    // Larger heads and targets may be refused by any server (RFC 9110 §15.5.15, RFC 6585 §5).
    const int LargestHead = 32768;
    const int LongestTarget = 8000;

    public SentRequest(Recording recording, RecordedRequest request)
    {
        Method = request.Method;
        Path = request.Path;
        Headers = HeadersOf(recording, request);
        Bytes = request.Raw is null ? Usual(request) : Raw(recording, request.Raw);
        Target = Encoding.Latin1.GetString(Bytes).Split("\r\n", 2)[0].Split(' ') is [_, var target, ..] ? target : "";
    }

    public string Method { get; }
    public string Path { get; }
    public string Target { get; }
    public byte[] Bytes { get; }

    /// <summary>The headers that were meant, also of a raw request.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Why these bytes are no correct HTTP/1.1 request (RFC 9112); <see cref="Malformation.None"/> when they are.</summary>
    public Malformation Malformation
    {
        get
        {
            var text = Encoding.Latin1.GetString(Bytes);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                return text.Contains("\n\n") ? Malformation.BareLineFeeds : Malformation.Other;
            }
            var lines = text[..end].Split("\r\n");
            var parts = lines[0].Split(' ');
            if (parts.Length != 3 || parts.Contains("") || !IsToken(parts[0]))
            {
                return Malformation.Other;
            }
            if (parts[2] is not ("HTTP/1.1" or "HTTP/1.0"))
            {
                return Malformation.Protocol;
            }
            if (parts[1] == "*")
            {
                return parts[0] == "OPTIONS" ? Malformation.Asterisk : Malformation.Other;
            }
            if (lines.Skip(1).Any(line => !IsField(line)))
            {
                return Malformation.Other;
            }
            var hosts = lines.Skip(1).Count(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase));
            return parts[2] == "HTTP/1.1" && hosts != 1 ? Malformation.Other
                : parts[1].Length > LongestTarget ? Malformation.LongTarget
                : end > LargestHead ? Malformation.LargeHead
                : Malformation.None;
        }
    }

    /// <summary>Whether the target is no URI reference at all (RFC 3986).</summary>
    public bool HasBadTarget =>
        !Target.StartsWith('/') && !Target.StartsWith("http://") && !Target.StartsWith('*')
        || HasBadEscape
        || HasForbiddenCharacter;

    /// <summary>Whether the target has characters that no URI has, unescaped.</summary>
    public bool HasForbiddenCharacter =>
        Target.Any(c =>
            c is <= ' ' or >= '\x7f' or '#' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}'
        );

    bool HasBadEscape
    {
        get
        {
            for (var i = Target.IndexOf('%'); i >= 0; i = Target.IndexOf('%', i + 1))
            {
                if (
                    i + 2 >= Target.Length
                    || !char.IsAsciiHexDigit(Target[i + 1])
                    || !char.IsAsciiHexDigit(Target[i + 2])
                )
                {
                    return true;
                }
                if (Target.AsSpan(i + 1, 2) is "00")
                {
                    return true;
                }
            }
            return false;
        }
    }

    static ImmutableArray<KeyValuePair<string, string>> HeadersOf(Recording recording, RecordedRequest request)
    {
        var changed = request.Changes.Select(change => change.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. recording
                .Proof.Prepend(KeyValuePair.Create("Accept", "*/*"))
                .Prepend(KeyValuePair.Create("Host", "169.254.169.254"))
                .Where(header => !changed.Contains(header.Key)),
            .. request
                .Changes.Where(change => change.Value is not null)
                .Select(change => KeyValuePair.Create(change.Key, change.Value!)),
        ];
    }

    byte[] Usual(RecordedRequest request)
    {
        var head = new StringBuilder($"{Method} {Path} HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }
        bool Has(string name) =>
            request.Changes.Any(change => change.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (request.Body is not null && !Has("Content-Length") && !Has("Transfer-Encoding"))
        {
            head.Append($"Content-Length: {request.Body.Length}\r\n");
        }
        head.Append("Connection: close\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. request.Body ?? []];
    }

    static byte[] Raw(Recording recording, string raw)
    {
        var proof = string.Concat(recording.Proof.Select(header => $"{header.Key}: {header.Value}\r\n"));
        if (raw == "X-Big: a*100000")
        {
            raw =
                $"GET /latest/meta-data/instance-id HTTP/1.1\r\nHost: x\r\nX-Big: {new string('a', 100_000)}\r\nConnection: close\r\n{{auth}}\r\n";
        }
        return Encoding.UTF8.GetBytes(raw.Replace("{auth}", proof));
    }

    static bool IsToken(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+.^_`|~-".Contains(c));

    static bool IsField(string line) =>
        line.Split(':', 2) is [var name, var value]
        && IsToken(name)
        && !value.Any(c => c is < ' ' and not '\t' or '\x7f');
}

/// <summary>The ways in which a recorded request is no HTTP/1.1.</summary>
enum Malformation
{
    None,
    BareLineFeeds,
    Protocol,
    Asterisk,
    LongTarget,
    LargeHead,
    Other,
}
