using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>
/// What of the API's answer the guest gets besides status and body: the headers that say what the body is (spec/neutron-metadata.md §3.7,
/// Target).
/// </summary>
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

    /// <summary>Those headers.</summary>
    public static List<KeyValuePair<string, StringValues>> Of(HttpResponseMessage answer)
    {
        var headers = new List<KeyValuePair<string, StringValues>>();
        Copy(answer.Headers.NonValidated, headers);
        Copy(answer.Content.Headers.NonValidated, headers);
        return headers;
    }

    static void Copy(HttpHeadersNonValidated from, List<KeyValuePair<string, StringValues>> to)
    {
        foreach (var (name, values) in from)
        {
            if (!PassedHeaders.Contains(name))
            {
                continue;
            }
            foreach (var value in values)
            {
                if (Response.IsSendable(value))
                {
                    to.Add(new(name, value));
                }
            }
        }
    }
}
