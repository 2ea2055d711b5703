using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Stackmeta.Documents;

/// <summary>
/// Reads the path out of a request target as the reference does before Nova sees one. Its server, uWSGI, decodes percent escapes and
/// removes the dot segments that stand there unescaped, by the letter of RFC 3986 §5.2.4: an empty segment is one that <c>..</c> removes.
/// Its URL map, Paste's, then drops scheme and authority.
/// </summary>
/// <remarks>
/// Seen of uWSGI 2.0.21: <c>%%</c> is a percent sign; an escape without two hexadecimal digits is a NUL, whatever it consists of; one that
/// the end cuts short is dropped; <c>..</c> above the first segment leaves nothing, not even a slash.
/// </remarks>
static class TargetReading
{
    static readonly SearchValues<char> QueryOrFragment = SearchValues.Create("?#");
    static readonly SearchValues<string> Decoded = SearchValues.Create(["%", "//", "/."], StringComparison.Ordinal);

    /// <summary>Cuts query and fragment off a target.</summary>
    public static ReadOnlySpan<char> WithoutQuery(ReadOnlySpan<char> target)
    {
        var end = target.IndexOfAny(QueryOrFragment);
        return end < 0 ? target : target[..end];
    }

    /// <summary>True when nothing in it has to be decoded or resolved: the case of all known clients.</summary>
    /// <param name="target">Without query.</param>
    public static bool IsPlain(ReadOnlySpan<char> target) =>
        target.StartsWith('/') && !target.ContainsAny(Decoded) && Ascii.IsValid(target);

    /// <summary>
    /// Reads the path: empty, or with a slash at its beginning. It may still hold dot segments, which were escaped, and empty ones.
    /// </summary>
    /// <param name="target">In UTF-8, without query.</param>
    /// <param name="buffer">At least as long as the target.</param>
    /// <param name="path">The path, in the buffer.</param>
    /// <returns>False when there is no path, or it is not UTF-8.</returns>
    public static bool TryRead(ReadOnlySpan<byte> target, Span<byte> buffer, out Span<byte> path)
    {
        path = WithoutAuthority(buffer[..Decode(target, buffer)]);
        return (path.IsEmpty || path[0] == '/') && Utf8.IsValid(path);
    }

    static Span<byte> WithoutAuthority(Span<byte> path)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["http://", "https://"])
        {
            if (path.Length >= scheme.Length && Ascii.EqualsIgnoreCase(path[..scheme.Length], scheme))
            {
                var slash = path[scheme.Length..].IndexOf((byte)'/');
                return slash < 0 ? [] : path[(scheme.Length + slash)..];
            }
        }
        return path;
    }

    static int Decode(ReadOnlySpan<byte> target, Span<byte> path)
    {
        var length = 0;
        // What does not begin with a slash begins within its first segment.
        var follows = target.StartsWith((byte)'/');
        var rest = follows ? target[1..] : target;
        for (var isLast = false; !isLast; follows = true)
        {
            var segment = TakeSegment(ref rest, out isLast);
            if (segment.SequenceEqual(".."u8))
            {
                var parent = path[..length].LastIndexOf((byte)'/');
                length = isLast ? parent + 1 : Math.Max(parent, 0);
            }
            else if (segment.SequenceEqual("."u8))
            {
                if (isLast)
                {
                    path[length++] = (byte)'/';
                }
            }
            else
            {
                if (follows)
                {
                    path[length++] = (byte)'/';
                }
                length += DecodeSegment(segment, path[length..]);
            }
        }
        return length;
    }

    /// <summary>Takes what stands before the first slash that is not part of an escape.</summary>
    static ReadOnlySpan<byte> TakeSegment(ref ReadOnlySpan<byte> rest, out bool isLast)
    {
        var end = 0;
        while (end < rest.Length && rest[end] != '/')
        {
            end += rest[end] == '%' ? EscapeLength(rest[end..]) : 1;
        }
        isLast = end >= rest.Length;
        var segment = isLast ? rest : rest[..end];
        rest = isLast ? [] : rest[(end + 1)..];
        return segment;
    }

    static int DecodeSegment(ReadOnlySpan<byte> segment, Span<byte> decoded)
    {
        var length = 0;
        for (var i = 0; i < segment.Length; )
        {
            if (segment[i] != '%')
            {
                decoded[length++] = segment[i++];
                continue;
            }
            var escape = segment[i..];
            i += EscapeLength(escape);
            if (i <= segment.Length)
            {
                decoded[length++] = ValueOf(escape);
            }
        }
        return length;
    }

    static int EscapeLength(ReadOnlySpan<byte> escape) => escape.Length > 1 && escape[1] == '%' ? 2 : 3;

    static byte ValueOf(ReadOnlySpan<byte> escape)
    {
        if (escape[1] == '%')
        {
            return (byte)'%';
        }
        Span<byte> value = stackalloc byte[1];
        return Convert.FromHexString(escape.Slice(1, 2), value, out _, out _) == OperationStatus.Done
            ? value[0]
            : (byte)0;
    }
}
