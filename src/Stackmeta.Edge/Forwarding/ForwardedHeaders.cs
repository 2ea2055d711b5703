using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Stackmeta.Edge;

/// <summary>What of the agent's answer the guest gets besides status and body: all headers but those of the connection.</summary>
static class ForwardedHeaders
{
    /// <summary>Copies them.</summary>
    public static void Copy(HttpResponseMessage answer, IHeaderDictionary to)
    {
        var connection = new StringValues([.. answer.Headers.Connection]);
        Copy(answer.Headers.NonValidated, connection, to);
        Copy(answer.Content.Headers.NonValidated, connection, to);
    }

    /// <summary>Between agent and edge only.</summary>
    static bool IsOurs(string name) => name.Equals(IdentityHeaders.Port, StringComparison.OrdinalIgnoreCase);

    static void Copy(HttpHeadersNonValidated from, StringValues connection, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!ConnectionHeaders.Contains(name, connection) && !IsOurs(name) && values.All(IsSendable))
            {
                to[name] = values.Count == 1 ? values.ToString() : new StringValues([.. values]);
            }
        }
    }

    /// <summary>Others would end the answer by an exception.</summary>
    static bool IsSendable(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
