using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Stackmeta.Fuzz;

/// <summary>A request as a strict reader divides the bytes of a connection (RFC 9112).</summary>
sealed record StrictRequest(
    string Method,
    string Target,
    IReadOnlyList<KeyValuePair<string, string>> Fields,
    string Body
)
{
    public IEnumerable<string> Values(string name) =>
        Fields
            .Where(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(static field => field.Value);
}

/// <summary>
/// Another reader of requests than the one that is tested, on text and by the letter of RFC 9112: it takes nothing that two readers could
/// divide otherwise.
/// </summary>
static partial class StrictReader
{
    const RegexOptions Usual = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>Reads all requests up to the end, or to the first bytes that are none.</summary>
    /// <param name="text">Latin-1.</param>
    /// <param name="rest">What was not read; empty at the end.</param>
    /// <param name="fault">Why not; null if more bytes could make a request of it.</param>
    public static List<StrictRequest> Read(string text, out string rest, out string? fault)
    {
        var requests = new List<StrictRequest>();
        fault = null;
        while (true)
        {
            while (text.StartsWith("\r\n", StringComparison.Ordinal))
            {
                text = text[2..];
            }
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                rest = text;
                return requests;
            }
            try
            {
                if (ReadOne(text[..end], text[(end + 4)..], out var behind) is not { } request)
                {
                    rest = text;
                    return requests;
                }
                requests.Add(request);
                text = behind;
            }
            catch (FormatException e)
            {
                (fault, rest) = (e.Message, text);
                return requests;
            }
        }
    }

    static StrictRequest? ReadOne(string head, string behind, out string rest)
    {
        rest = behind;
        var lines = head.Split("\r\n");
        var line = RequestLine().Match(lines[0]);
        Require(line.Success, "the request line");
        var fields = lines.Skip(1).Select(ReadField).ToList();
        var request = new StrictRequest(line.Groups["method"].Value, line.Groups["target"].Value, fields, "");
        var (lengths, codings) = (
            request.Values("Content-Length").ToList(),
            request.Values("Transfer-Encoding").ToList()
        );
        Require(lengths.Count + codings.Count <= 1, "two ways to tell the length");
        Require(request.Values("Host").Count() == 1 || line.Groups["minor"].Value == "0", "Host");
        if (codings is [var coding])
        {
            Require(coding.Equals("chunked", StringComparison.OrdinalIgnoreCase), "the transfer coding");
            Require(line.Groups["minor"].Value == "1", "chunks with HTTP/1.0");
            return ReadChunks(behind, out rest) is { } body ? request with { Body = body } : null;
        }
        if (lengths is not [var length])
        {
            return request;
        }
        Require(Digits().IsMatch(length) && length.Length < 10, "the length");
        var count = int.Parse(length, CultureInfo.InvariantCulture);
        if (behind.Length < count)
        {
            return null;
        }
        rest = behind[count..];
        return request with { Body = behind[..count] };
    }

    static KeyValuePair<string, string> ReadField(string line)
    {
        var field = Field().Match(line);
        Require(field.Success, "a field");
        return new(field.Groups["name"].Value, field.Groups["value"].Value.Trim(' ', '\t'));
    }

    static string? ReadChunks(string text, out string rest)
    {
        var body = new StringBuilder();
        while (true)
        {
            rest = text;
            var end = text.IndexOf("\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                return null;
            }
            var chunk = Chunk().Match(text[..end]);
            Require(chunk.Success, "a chunk's size");
            var size = int.Parse(
                chunk.Groups["size"].Value,
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture
            );
            text = text[(end + 2)..];
            if (size == 0)
            {
                return SkipTrailers(text, out rest) ? body.ToString() : null;
            }
            if (text.Length < size + 2)
            {
                return null;
            }
            Require(text.AsSpan(size, 2) is "\r\n", "a chunk's end");
            body.Append(text, 0, size);
            text = text[(size + 2)..];
        }
    }

    static bool SkipTrailers(string text, out string rest)
    {
        while (true)
        {
            rest = text;
            var end = text.IndexOf("\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                return false;
            }
            var line = text[..end];
            text = text[(end + 2)..];
            if (line.Length == 0)
            {
                rest = text;
                return true;
            }
            ReadField(line);
        }
    }

    static void Require(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new FormatException(what);
        }
    }

    [GeneratedRegex(
        @"\A(?<method>[!#$%&'*+.^_`|~0-9A-Za-z-]+) (?<target>[\x21-\x7e]+) HTTP/1\.(?<minor>[01])\z",
        Usual,
        1000
    )]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"\A(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):(?<value>[\t\x20-\x7e\x80-\xff]*)\z", Usual, 1000)]
    private static partial Regex Field();

    [GeneratedRegex(@"\A(?<size>[0-9A-Fa-f]{1,7})([ \t]*;[\t\x20-\x7e\x80-\xff]*)?\z", Usual, 1000)]
    private static partial Regex Chunk();

    [GeneratedRegex(@"\A[0-9]+\z", Usual, 1000)]
    private static partial Regex Digits();
}
