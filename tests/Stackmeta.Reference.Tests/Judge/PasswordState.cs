using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Stackmeta.Reference.Tests;

/// <summary>What is stored as an instance's password in the course of a sequence, followed by the answers that were really given.</summary>
sealed partial class PasswordState(Recording recording, byte[] conflictPage)
{
    const int LongestPassword = 1020;

    static readonly string[] Html = ["text/html; charset=UTF-8"];

    byte[] _value = [];
    bool _isFirst = true;
    bool _isWritten;

    /// <summary>
    /// Whether answers may differ from the recorded ones: Nova raced its own cache, or the two have once gone different ways.
    /// </summary>
    public bool MayDiffer { get; private set; } = recording.CacheSeconds > 0;

    /// <summary>Whether an answer is what the stored password asks for.</summary>
    public bool Expects(SentRequest request, Answer answer)
    {
        if (!Resource().IsMatch(request.Path))
        {
            return false;
        }
        var expected = request.Method switch
        {
            "GET" => new Answer { Status = 200, Body = _value },
            "POST" when _value.Length > 0 => new Answer { Status = 409, Body = conflictPage },
            "POST" when BodyOf(request).Length <= LongestPassword => new Answer { Status = 200 },
            _ => null,
        };
        return expected is not null && answer.Matches(expected with { ContentTypes = [.. Html] });
    }

    /// <summary>Goes on to the next step.</summary>
    public void Follow(SentRequest request, Answer recorded, Answer ours)
    {
        if (!Resource().IsMatch(request.Path))
        {
            return;
        }
        if (_isFirst && request.Method == "GET" && recorded.Status == 200)
        {
            _value = recorded.Body;
        }
        _isFirst = false;
        if (request.Method != "POST")
        {
            return;
        }
        if (ours.Status == 200)
        {
            _value = BodyOf(request);
            _isWritten = true;
        }
        MayDiffer |= (ours.Status == 200) != (recorded.Status == 200);
    }

    /// <summary>The rows that the stored password has: key, the first 40 characters, length, deleted.</summary>
    public string[] Rows()
    {
        var text = Encoding.UTF8.GetString(_value);
        return _isWritten
            ?
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(i => text[Math.Min(text.Length, 255 * i)..Math.Min(text.Length, 255 * (i + 1))])
                    .Select((part, i) => $"password_{i}|{part[..Math.Min(40, part.Length)]}|{part.Length}|0"),
            ]
            : [];
    }

    static byte[] BodyOf(SentRequest request)
    {
        var text = Encoding.Latin1.GetString(request.Bytes);
        var body = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        if (request.Headers.Any(header => header.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)))
        {
            var whole = new StringBuilder();
            while (body.Length > 0)
            {
                var parts = body.Split("\r\n", 2);
                var length = int.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                whole.Append(parts[1][..length]);
                body = parts[1][(length + 2)..];
            }
            body = whole.ToString();
        }
        return Encoding.Latin1.GetBytes(body);
    }

    [GeneratedRegex(
        @"^/openstack/(latest|201[3-9]-[0-9-]+|20[2-9][0-9]-[0-9-]+)/password/?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Resource();
}
