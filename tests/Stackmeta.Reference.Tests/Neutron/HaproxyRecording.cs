using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Stackmeta.Reference.Tests;

/// <summary>Raw bytes that were sent through haproxy, and the answers that came back on the connection.</summary>
sealed record HaproxyExchange(string Note, byte[] Sent, ImmutableArray<Answer> Answers)
{
    public bool IsHead => Sent.AsSpan().StartsWith("HEAD "u8);

    public string Method => Lines[0].Split(' ')[0];

    string[] Lines => Encoding.Latin1.GetString(Sent).Split("\r\n\r\n")[0].Split("\r\n");

    /// <summary>The request line with its target in origin form.</summary>
    public string PlainLine => Lines[0].Replace("http://169.254.169.254", "", StringComparison.Ordinal) + "\r\n";

    /// <summary>The same bytes without the line that makes them many.</summary>
    public byte[] WithoutLongestLine() =>
        Encoding.Latin1.GetBytes(string.Join("\r\n", Lines.Except([Lines.MaxBy(line => line.Length)!])) + "\r\n\r\n");

    /// <summary>The request as the agent gets it, its headers and the proxy's.</summary>
    public SentRequest ToRequest(params (string Name, string Value)[] added)
    {
        var line = Lines[0].Split(' ');
        var request = new RecordedRequest
        {
            Method = line[0],
            Path = line.Length > 1 ? line[1] : "",
            Changes =
            [
                .. Lines
                    .Skip(1)
                    .Select(header => header.Split(": ", 2))
                    .Where(parts => parts.Length == 2 && !added[..1].Any(header => header.Name == parts[0]))
                    .Select(parts => KeyValuePair.Create<string, string?>(parts[0], parts[1])),
                .. added.Select(header => KeyValuePair.Create<string, string?>(header.Name, header.Value)),
            ],
            Raw = Encoding.Latin1.GetString(Sent),
            Answer = Answer.None,
            Twin = "",
        };
        return new(NeutronRecordings.Of("haproxy", [request]), request);
    }
}

/// <summary>Reads them.</summary>
static class HaproxyRecording
{
    public static ImmutableArray<HaproxyExchange> Read(string file, string kind)
    {
        using var document = NeutronRecordings.Open(file);
        return
        [
            .. document
                .RootElement.GetProperty("answers")
                .GetProperty(kind)
                .EnumerateArray()
                .Select(one =>
                {
                    var sent = Encoding.Latin1.GetBytes(Whole(one.GetProperty("sent").GetString()!));
                    var raw = Encoding.Latin1.GetBytes(one.GetProperty("raw_answer").GetString()!);
                    var isHead = sent.AsSpan().StartsWith("HEAD "u8);
                    return new HaproxyExchange(one.GetProperty("note").GetString()!, sent, Split(raw, isHead));
                }),
        ];
    }

    /// <summary>The answers on a connection; interim ones are left out.</summary>
    public static ImmutableArray<Answer> Split(byte[] raw, bool isHead)
    {
        var answers = ImmutableArray.CreateBuilder<Answer>();
        for (var rest = raw.AsSpan(); !rest.IsEmpty; )
        {
            var end = rest.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                answers.Add(new() { Fault = "bytes that are no answer" });
                break;
            }
            var lines = Encoding.Latin1.GetString(rest[..end]).Split("\r\n");
            rest = rest[(end + 4)..];
            var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
            if (status is >= 100 and < 200)
            {
                continue;
            }
            var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToArray();
            string[] Values(string name) =>
                [
                    .. headers
                        .Where(header => header[0].Equals(name, StringComparison.OrdinalIgnoreCase))
                        .Select(header => header[1]),
                ];
            var length =
                isHead ? 0
                : Values("Content-Length") is [var text] ? int.Parse(text, CultureInfo.InvariantCulture)
                : rest.Length;
            answers.Add(
                new()
                {
                    Status = status,
                    ContentTypes = [.. Values("Content-Type")],
                    Body = rest[..Math.Min(length, rest.Length)].ToArray(),
                    Fault = length > rest.Length ? "the answer is cut short" : null,
                }
            );
            rest = rest[Math.Min(length, rest.Length)..];
        }
        return answers.ToImmutable();
    }

    // Two requests were too long to be written down: their letters are 20,000 in a header and 9,000 in a target.
    static string Whole(string sent)
    {
        if (!sent.EndsWith("aaa...", StringComparison.Ordinal))
        {
            return sent;
        }
        var beginning = sent[..^"...".Length].TrimEnd('a');
        return sent.StartsWith("GET /a", StringComparison.Ordinal)
            ? $"{beginning}{new string('a', 9000)} HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n\r\n"
            : $"{beginning}{new string('a', 20_000)}\r\n\r\n";
    }
}
