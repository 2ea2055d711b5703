using System.Net;
using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>
/// A guest's request on its way to the next hop: method and target as they came, byte for byte; headers and body are the hop's.
/// </summary>
public static class UpstreamRequest
{
    /// <summary>The request without headers, or null when the guest's target cannot be passed on.</summary>
    /// <param name="request">The guest's request.</param>
    /// <param name="targets">Of the next hop.</param>
    public static HttpRequestMessage? TryCreate(Request request, UpstreamTargets targets) =>
        request.TryGetOriginForm(out var target)
        && !HttpMethods.IsConnect(request.Method)
        && targets.Find(target) is { } uri
            ? new(HttpMethod.Parse(request.Method), uri)
            {
                Version = HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            }
            : null;

    /// <summary>
    /// Whether sending it twice does no more than sending it once (RFC 9110 §9.2.1). A password that is posted twice is refused.
    /// </summary>
    public static bool IsSafe(HttpRequestMessage request) =>
        request.Content is null && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head);

    /// <summary>
    /// Whether a connection was reset before the answer's head, as one is that the next hop gave up while the request was on its way. One
    /// that ended properly before its first byte is repeated by .NET's client.
    /// </summary>
    public static bool WasDropped(HttpRequestException exception) =>
        exception is { HttpRequestError: HttpRequestError.Unknown, InnerException: IOException };
}
