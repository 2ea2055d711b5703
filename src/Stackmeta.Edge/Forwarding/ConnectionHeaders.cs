using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Stackmeta.Edge;

/// <summary>Headers that concern one connection only and are not passed on (RFC 9110 §7.6.1).</summary>
static class ConnectionHeaders
{
    static readonly FrozenSet<string> Known = new[]
    {
        "Connection",
        "Proxy-Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        // Made anew from the body, and answered by Kestrel.
        "Content-Length",
        "Expect",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <param name="connection">The Connection header, which names further ones.</param>
    public static bool Contains(string name, StringValues connection)
    {
        if (Known.Contains(name))
        {
            return true;
        }
        foreach (var line in connection)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan(part).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }
        return false;
    }
}
