using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stackmeta.Metadata;

namespace Stackmeta.Http;

/// <summary>Refuses bodies that Kestrel would let pass: such that two readers may divide differently, and such as are too long.</summary>
static class RequestFraming
{
    /// <summary>Where Kestrel puts the length of a request that has chunks as well.</summary>
    const string SetAsideLength = "X-Content-Length";

    public static Refusal Check(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.TransferEncoding.Count > 0 && headers.ContainsKey(SetAsideLength))
        {
            // RFC 9112 §6.1: such a request ought to be handled as an error.
            return Refusal.RequestMalformed;
        }
        return
            context.Request.ContentLength is { } length
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { MaxRequestBodySize: { } limit }
            && length > limit
            ? Refusal.RequestTooLarge
            : Refusal.None;
    }

    /// <summary>Answers a refused request and ends the connection, so that nothing behind it is taken for a request.</summary>
    public static Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        context.Response.Headers.Connection = "close";
        return Answer.WriteRefusalAsync(context, refusal);
    }
}
