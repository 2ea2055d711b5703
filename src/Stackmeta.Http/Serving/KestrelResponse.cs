using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Stackmeta.Http;

/// <summary>Writes a response by Kestrel.</summary>
static class KestrelResponse
{
    /// <summary>Writes it whole; a body that ends too early, or that nobody takes, ends the connection.</summary>
    public static async Task WriteAsync(IFeatureCollection features, Response response)
    {
        var lifetime = features.Require<IHttpRequestLifetimeFeature>();
        await using var rest = response.Rest;
        if (response.IsCutOff)
        {
            lifetime.Abort();
            return;
        }
        WriteHead(features.Require<IHttpResponseFeature>(), response);
        if (
            (response.Body.IsEmpty && rest is null)
            || features.Require<IHttpRequestFeature>().Method == HttpMethods.Head
        )
        {
            return;
        }
        try
        {
            var body = features.Require<IHttpResponseBodyFeature>();
            // Once started, what is written goes straight into the connection's pipe and is sent when the request ends: one flush.
            await body.StartAsync(lifetime.RequestAborted);
            body.Writer.Write(response.Body.Span);
            while (rest is not null && !(await body.Writer.FlushAsync(lifetime.RequestAborted)).IsCompleted)
            {
                var count = await rest.ReadAsync(body.Writer.GetMemory(), lifetime.RequestAborted);
                if (count == 0)
                {
                    break;
                }
                body.Writer.Advance(count);
            }
        }
        catch (Exception)
        {
            // The caller sees that the body is cut short; whose body it is has told why.
            lifetime.Abort();
        }
    }

    static void WriteHead(IHttpResponseFeature head, in Response response)
    {
        head.StatusCode = response.Status;
        foreach (var (name, values) in response.Headers ?? [])
        {
            head.Headers[name] = StringValues.Concat(head.Headers[name], values);
        }
        if (response.ContentType is not null)
        {
            head.Headers.ContentType = response.ContentType;
        }
        if (response.Closes)
        {
            head.Headers.Connection = "close";
        }
        head.Headers.ContentLength = response.Length;
    }
}
