using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace Stackmeta.Agent;

/// <summary>What of the API's answer the guest gets besides status and body: the headers that say what the body is (spec/neutron-metadata.md §3.7, Target).</summary>
static class ForwardedHeaders
{
    static readonly FrozenSet<string> PassedHeaders = new[]
    {
        "Content-Type",
        "Content-Encoding",
        "Content-Language",
        "Content-Disposition",
        "Retry-After",
        "Location",
        "Allow",
        "WWW-Authenticate",
        "Cache-Control",
        "ETag",
        "Last-Modified",
        "Vary",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Copies them.</summary>
    public static void Copy(HttpResponseMessage answer, IHeaderDictionary to)
    {
        Copy(answer.Headers.NonValidated, to);
        Copy(answer.Content.Headers.NonValidated, to);
    }

    static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!PassedHeaders.Contains(name))
            {
                continue;
            }
            foreach (var value in values)
            {
                if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                {
                    to.Append(name, value);
                }
            }
        }
    }
}
