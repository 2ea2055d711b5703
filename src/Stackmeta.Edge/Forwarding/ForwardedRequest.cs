using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>Makes the request to the agent out of a guest's.</summary>
static class ForwardedRequest
{
    /// <summary>The whole body, or null when there is none.</summary>
    /// <remarks>
    /// Neutron's agent takes what has arrived with the head for the body and loses the rest (spec/neutron-metadata.md §8,
    /// case 135), so a body is sent in one piece with its head. Kestrel's limit bounds it.
    /// </remarks>
    public static async ValueTask<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (!context.Features.Require<IHttpRequestBodyDetectionFeature>().CanHaveBody)
        {
            return null;
        }
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    /// <summary>The request, or null when the guest's target cannot be forwarded.</summary>
    public static HttpRequestMessage? Create(HttpContext context, byte[]? body, string origin)
    {
        if (OnwardRequest.TryCreate(context, origin) is not { } request)
        {
            return null;
        }
        request.Content = body is null ? null : new ReadOnlyMemoryContent(body);
        CopyHeaders(context, request);
        var arrival = context.Features.Require<IGuestArrivalFeature>();
        request.Headers.TryAddWithoutValidation(IdentityHeaders.Of(arrival.Scope.Kind), arrival.ScopeId);
        request.Headers.TryAddWithoutValidation(IdentityHeaders.ForwardedFor, arrival.ClientAddress);
        request.Headers.TryAddWithoutValidation(
            IdentityHeaders.ClientMac,
            arrival.MacText ?? IdentityHeaders.UnknownMac
        );
        return request;
    }

    static void CopyHeaders(HttpContext context, HttpRequestMessage request)
    {
        var guest = context.Request.Headers;
        foreach (var (name, values) in guest)
        {
            if (IdentityHeaders.Contains(name) || ConnectionHeaders.Contains(name, guest.Connection))
            {
                continue;
            }
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                CopyHost(values.ToString(), request.Headers);
                continue;
            }
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                // Headers that describe the body: the framework keeps them apart.
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }
    }

    /// <summary>One that the framework cannot read would be sent besides the one that it makes of the URL: the latter is enough then, since nobody is told apart by it.</summary>
    static void CopyHost(string host, HttpRequestHeaders to)
    {
        if (!to.TryAddWithoutValidation("Host", host) || string.IsNullOrEmpty(to.Host))
        {
            to.Remove("Host");
        }
    }
}
