using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>Hands each request that Kestrel has read to the handler, and its response to Kestrel.</summary>
sealed class KestrelRequests(GuardedHandler handler) : IHttpApplication<KestrelRequests.Exchange>
{
    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        var connection = contextFeatures.Require<KestrelConnection>();
        connection.RequestBegins();
        var observation = contextFeatures.Find<RequestObservation>();
        var request = Read(contextFeatures, connection.RawTarget, observation);
        request.Connection?.BeginAnswering();
        if (connection.Rejection is null)
        {
            observation?.Begin(request);
        }
        return new(contextFeatures, connection, request);
    }

    public async Task ProcessRequestAsync(Exchange context)
    {
        var response = context.Connection.Rejection is { } rejection
            ? context.Connection.ResponseTo(rejection)
            : await handler.HandleAsync(context.Request);
        context.Request.Observation?.Answer(response.Status);
        if (context.Connection.EndsConnection)
        {
            response = response with { Closes = true };
        }
        await KestrelResponse.WriteAsync(context.Features, response);
    }

    public void DisposeContext(Exchange context, Exception? exception)
    {
        context.Connection.RequestEnds();
        context.Request.Connection?.EndAnswering();
        if (context.Connection.Rejection is null)
        {
            context.Request.Observation?.End();
        }
    }

    static Request Read(IFeatureCollection features, string? rawTarget, RequestObservation? observation)
    {
        var received = features.Require<IHttpRequestFeature>();
        var request = new Request { Observation = observation };
        foreach (var (name, values) in received.Headers)
        {
            request.Headers.Receive(name, values);
        }
        request.Begin(
            received.Method,
            rawTarget ?? received.RawTarget,
            features.Require<IHttpRequestBodyDetectionFeature>().CanHaveBody ? received.Body : null,
            received.Headers.ContentLength,
            features.Find<SocketConnection>(),
            features.Require<IHttpConnectionFeature>().RemoteIpAddress,
            features.Require<IHttpRequestLifetimeFeature>().RequestAborted
        );
        return request;
    }

    /// <summary>One request of a connection.</summary>
    public sealed record Exchange(IFeatureCollection Features, KestrelConnection Connection, Request Request);
}
