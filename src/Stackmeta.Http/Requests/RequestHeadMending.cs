using System.Text;

namespace Stackmeta.Http;

/// <summary>Rewrites, in place, the two things in a request's head that Kestrel refuses by itself and the reference's server takes.</summary>
static class RequestHeadMending
{
    /// <summary>
    /// An encoded NUL in the path, which names nothing. Nova's server takes any escape without hexadecimal digits for one
    /// (<c>TargetReading</c> in Stackmeta.Metadata), so that another spelling of it says the same.
    /// </summary>
    /// <param name="line">The request line.</param>
    public static void RespellNul(Span<byte> line)
    {
        var end = line.IndexOf((byte)'?');
        var path = end < 0 ? line : line[..end];
        for (var at = path.IndexOf("%00"u8); at >= 0; at = path.IndexOf("%00"u8))
        {
            path[at + 2] = (byte)'_';
        }
    }

    /// <summary>
    /// POST or PUT of HTTP/1.0 without a length has no body (RFC 9112 §6.3, 7th rule): it is read as HTTP/1.1 and the connection ends after the answer.
    /// </summary>
    /// <param name="head">The request's head with the empty line that ends it.</param>
    /// <returns>True when the head was rewritten.</returns>
    public static bool MakeNewer(Span<byte> head)
    {
        var lineEnd = head.IndexOf("\r\n"u8);
        var line = head[..lineEnd];
        if (!(line.StartsWith("POST "u8) || line.StartsWith("PUT "u8)) || !line.EndsWith(" HTTP/1.0"u8))
        {
            return false;
        }
        var hasHost = false;
        foreach (var range in Split(head[lineEnd..]))
        {
            var field = head[lineEnd..][range];
            if (Names(field, "Content-Length") || Names(field, "Transfer-Encoding"))
            {
                return false;
            }
            hasHost |= Names(field, "Host");
        }
        if (hasHost)
        {
            line[^1] = (byte)'1';
        }
        return hasHost;
    }

    static MemoryExtensions.SpanSplitEnumerator<byte> Split(ReadOnlySpan<byte> fields) => fields.Split("\r\n"u8);

    static bool Names(ReadOnlySpan<byte> field, string name) =>
        field.IndexOf((byte)':') is var colon and > 0 && Ascii.EqualsIgnoreCase(field[..colon], name);
}
