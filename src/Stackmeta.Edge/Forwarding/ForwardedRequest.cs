using System.Net.Http.Headers;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>Makes the request to the agent out of a guest's.</summary>
static class ForwardedRequest
{
    /// <summary>What guests write, which need not be read to know that it can be.</summary>
    const string UsualHost = "169.254.169.254";

    /// <summary>The whole body, or null when there is none.</summary>
    /// <remarks>
    /// Neutron's agent takes what has arrived with the head for the body and loses the rest (spec/neutron-metadata.md §8,
    /// case 135), so a body is sent in one piece with its head. Kestrel's limit bounds it.
    /// </remarks>
    public static async ValueTask<byte[]?> ReadBodyAsync(Request guest)
    {
        if (guest.Body is not { } received)
        {
            return null;
        }
        using var body = new MemoryStream((int)(guest.ContentLength ?? 0));
        await received.CopyToAsync(body, guest.Aborted);
        return body.ToArray();
    }

    /// <summary>The request, or null when the guest's target cannot be forwarded.</summary>
    public static HttpRequestMessage? Create(Request guest, IGuestPeer arrival, byte[]? body, UpstreamTargets targets)
    {
        if (UpstreamRequest.TryCreate(guest, targets) is not { } request)
        {
            return null;
        }
        request.Content = body is null ? null : new ReadOnlyMemoryContent(body);
        CopyHeaders(guest.Headers, request);
        request.Headers.TryAddWithoutValidation(IdentityHeaders.Of(arrival.Scope.Kind), arrival.ScopeId);
        request.Headers.TryAddWithoutValidation(IdentityHeaders.ForwardedFor, arrival.ClientAddress);
        request.Headers.TryAddWithoutValidation(
            IdentityHeaders.ClientMac,
            arrival.MacText ?? IdentityHeaders.UnknownMac
        );
        return request;
    }

    static void CopyHeaders(RequestHeaders guest, HttpRequestMessage request)
    {
        var connection = guest["Connection"];
        foreach (var (name, values) in guest.All)
        {
            if (IdentityHeaders.Contains(name) || ConnectionHeaders.Contains(name, connection))
            {
                continue;
            }
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                CopyHost(values.ToString(), request.Headers);
                continue;
            }
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                // Headers that describe the body: the framework keeps them apart.
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    /// <summary>
    /// One that the framework cannot read would be sent besides the one that it makes of the URL: the latter is enough then, since nobody
    /// is told apart by it.
    /// </summary>
    static void CopyHost(string host, HttpRequestHeaders to)
    {
        if (host == UsualHost)
        {
            to.TryAddWithoutValidation("Host", host);
        }
        else if (!to.TryAddWithoutValidation("Host", host) || string.IsNullOrEmpty(to.Host))
        {
            to.Remove("Host");
        }
    }
}
