using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>The request target as the caller wrote it.</summary>
public static class RequestTarget
{
    /// <summary>The target in origin form, percent-encoded, with its query: what follows the authority of an absolute-form target.</summary>
    /// <returns>False for <c>*</c>, for <c>host:port</c>, and for an absolute-form target without a path.</returns>
    public static bool TryGetOriginForm(HttpContext context, out ReadOnlySpan<char> target)
    {
        ReadOnlySpan<char> raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (raw.StartsWith('/'))
        {
            target = raw;
            return true;
        }
        var authority = raw.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : raw[(authority + 3)..].IndexOf('/');
        target = path < 0 ? default : raw[(authority + 3 + path)..];
        return path >= 0;
    }
}
