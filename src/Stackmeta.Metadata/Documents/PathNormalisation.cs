using System.Buffers;
using System.Globalization;
using System.Text;

namespace Stackmeta.Metadata;

/// <summary>
/// Turns the path of a request target into its normal form: percent-decoded once, runs of slashes collapsed, <c>.</c> and
/// <c>..</c> resolved, without a slash at either end (spec/nova-metadata.md §1.1). Everything is decided on that form, so
/// no spelling of a path can be told from another.
/// </summary>
static class PathNormalisation
{
    static readonly SearchValues<char> QueryOrFragment = SearchValues.Create("?#");
    static readonly SearchValues<string> NeedsWork = SearchValues.Create(["%", "//", "/."], StringComparison.Ordinal);

    /// <summary>Cuts scheme, authority, query and fragment off a target.</summary>
    /// <returns>False when what is left is no path: it does not begin with a slash.</returns>
    public static bool TryGetPath(ReadOnlySpan<char> target, out ReadOnlySpan<char> path)
    {
        path = target;
        if (!path.StartsWith('/') && HasHttpScheme(path, out var authority))
        {
            var slash = path[authority..].IndexOfAny('/', '?', '#');
            path = slash < 0 ? [] : path[(authority + slash)..];
        }
        var end = path.IndexOfAny(QueryOrFragment);
        path = end < 0 ? path : path[..end];
        return path.IsEmpty || path[0] == '/';
    }

    /// <summary>True when only slashes at the ends stand between the path and its normal form: the case of all known clients.</summary>
    public static bool IsNearlyNormal(ReadOnlySpan<char> path) => !path.ContainsAny(NeedsWork) && Ascii.IsValid(path);

    /// <summary>Writes the normal form.</summary>
    /// <param name="path">A path from <see cref="TryGetPath"/>.</param>
    /// <param name="normal">At least as long as the path.</param>
    /// <param name="length">Of the normal form.</param>
    /// <returns>False when the path is not percent-encoded UTF-8.</returns>
    public static bool TryNormalise(ReadOnlySpan<char> path, Span<char> normal, out int length)
    {
        if (!TryDecode(path, normal, out length))
        {
            return false;
        }
        length = ResolveSegments(normal[..length]);
        return true;
    }

    static bool HasHttpScheme(ReadOnlySpan<char> target, out int authority)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["http://", "https://"])
        {
            if (target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                authority = scheme.Length;
                return true;
            }
        }
        authority = 0;
        return false;
    }

    static bool TryDecode(ReadOnlySpan<char> path, Span<char> decoded, out int length)
    {
        length = 0;
        while (!path.IsEmpty)
        {
            if (path[0] != '%')
            {
                if (Rune.DecodeFromUtf16(path, out var rune, out var consumed) != OperationStatus.Done)
                {
                    return false;
                }
                length += rune.EncodeToUtf16(decoded[length..]);
                path = path[consumed..];
            }
            else if (path.Length < 3)
            {
                // The reference's server drops an escape that the end of the path cuts short.
                return true;
            }
            else if (!TryDecodeEscapes(ref path, decoded, ref length))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Decodes the escapes of one code point.</summary>
    static bool TryDecodeEscapes(ref ReadOnlySpan<char> path, Span<char> decoded, ref int length)
    {
        const int LongestUtf8 = 4;
        const int EscapeLength = 3;
        Span<byte> bytes = stackalloc byte[LongestUtf8];
        var count = 0;
        while (
            count < LongestUtf8
            && path.Length >= EscapeLength * (count + 1)
            && path[EscapeLength * count] == '%'
            && byte.TryParse(
                path.Slice((EscapeLength * count) + 1, 2),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out bytes[count]
            )
        )
        {
            count++;
        }
        if (Rune.DecodeFromUtf8(bytes[..count], out var rune, out var consumed) != OperationStatus.Done)
        {
            return false;
        }
        length += rune.EncodeToUtf16(decoded[length..]);
        path = path[(EscapeLength * consumed)..];
        return true;
    }

    /// <summary>Resolves empty, <c>.</c> and <c>..</c> segments in place.</summary>
    static int ResolveSegments(Span<char> path)
    {
        var length = 0;
        var position = 0;
        while (position < path.Length)
        {
            var slash = path[position..].IndexOf('/');
            var segment = path.Slice(position, slash < 0 ? path.Length - position : slash);
            position += segment.Length + 1;
            if (segment is "" or ".")
            {
                continue;
            }
            if (segment is "..")
            {
                length = Math.Max(path[..length].LastIndexOf('/'), 0);
                continue;
            }
            if (length > 0)
            {
                path[length++] = '/';
            }
            segment.CopyTo(path[length..]);
            length += segment.Length;
        }
        return length;
    }
}
