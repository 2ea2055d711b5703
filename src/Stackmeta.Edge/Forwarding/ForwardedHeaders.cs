using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>What of the agent's answer the guest gets besides status and body: all headers but those of the connection.</summary>
static class ForwardedHeaders
{
    /// <summary>Those headers.</summary>
    public static List<KeyValuePair<string, StringValues>> Of(HttpResponseMessage answer)
    {
        var headers = new List<KeyValuePair<string, StringValues>>();
        var connection = answer.Headers.NonValidated.TryGetValues("Connection", out var named)
            ? TextsOf(named)
            : default;
        Copy(answer.Headers.NonValidated, connection, headers);
        Copy(answer.Content.Headers.NonValidated, connection, headers);
        return headers;
    }

    /// <summary>Between agent and edge only.</summary>
    static bool IsOurs(string name) => name.Equals(IdentityHeaders.Port, StringComparison.OrdinalIgnoreCase);

    static void Copy(HttpHeadersNonValidated from, StringValues connection, List<KeyValuePair<string, StringValues>> to)
    {
        foreach (var (name, values) in from)
        {
            if (
                !ConnectionHeaders.Contains(name, connection)
                && !IsOurs(name)
                && TextsOf(values) is var texts
                && AreSendable(texts)
            )
            {
                to.Add(new(name, texts));
            }
        }
    }

    static StringValues TextsOf(in HeaderStringValues values) =>
        values.Count == 1 ? values.ToString() : new StringValues([.. values]);

    static bool AreSendable(in StringValues texts)
    {
        foreach (var text in texts)
        {
            if (!Response.IsSendable(text))
            {
                return false;
            }
        }
        return true;
    }
}
