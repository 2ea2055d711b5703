namespace Stackmeta.Http;

/// <summary>A hop: makes a response of a request. What it throws is answered by <see cref="GuardedHandler"/>.</summary>
public interface IRequestHandler
{
    /// <summary>The response, whose <see cref="Response.Rest"/> is the caller's to dispose of.</summary>
    ValueTask<Response> HandleAsync(Request request);
}
