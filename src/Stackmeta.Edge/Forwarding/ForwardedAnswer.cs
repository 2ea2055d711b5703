using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Stackmeta.Edge;

/// <summary>Passes the agent's answer on to the guest: status, headers, body bytes.</summary>
static class ForwardedAnswer
{
    public static async ValueTask WriteAsync(HttpContext context, HttpResponseMessage answer)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        var connection = new StringValues([.. answer.Headers.Connection]);
        Copy(answer.Headers.NonValidated, connection, response.Headers);
        Copy(answer.Content.Headers.NonValidated, connection, response.Headers);
        response.ContentLength = answer.Content.Headers.ContentLength;
        var hasBody =
            !HttpMethods.IsHead(context.Request.Method)
            && response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified);
        if (hasBody)
        {
            await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
            await body.CopyToAsync(response.Body, context.RequestAborted);
        }
    }

    static void Copy(HttpHeadersNonValidated from, StringValues connection, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!ConnectionHeaders.Contains(name, connection))
            {
                to[name] = values.Count == 1 ? values.ToString() : new StringValues([.. values]);
            }
        }
    }
}
