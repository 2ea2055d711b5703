namespace Stackmeta.Http;

/// <summary>What a raw request target says.</summary>
public static class RequestTarget
{
    /// <summary>
    /// The target in origin form, percent-encoded, with its query: what follows the authority of an absolute-form target.
    /// </summary>
    /// <returns>False for <c>*</c>, for <c>host:port</c>, and for an absolute-form target without a path.</returns>
    public static bool TryGetOriginForm(string raw, out ReadOnlySpan<char> target)
    {
        if (raw.StartsWith('/'))
        {
            target = raw;
            return true;
        }
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            var afterScheme = raw.AsSpan(scheme + 3);
            var end = afterScheme.IndexOfAny('/', '?', '#');
            if (end >= 0 && afterScheme[end] == '/')
            {
                target = afterScheme[end..];
                return true;
            }
        }
        target = default;
        return false;
    }

    /// <summary>
    /// A raw target for log lines: without its query, which the path's meaning does not need and which may hold a secret.
    /// </summary>
    public static BoundedText ForLog(string rawTarget)
    {
        var query = rawTarget.IndexOf('?');
        return new(query < 0 ? rawTarget : rawTarget[..query]);
    }
}
