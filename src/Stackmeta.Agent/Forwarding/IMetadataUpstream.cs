using Microsoft.AspNetCore.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Agent;

/// <summary>The metadata API behind the agent: another server, or the same process.</summary>
public interface IMetadataUpstream
{
    /// <summary>Has a guest's request answered on behalf of its instance.</summary>
    /// <param name="context">The guest's request; the answer is written to its response.</param>
    /// <param name="identity">Whom the guest's port belongs to.</param>
    /// <param name="arrived">The timestamp at which the request arrived: an API in this process counts the guest's patience from there.</param>
    ValueTask<UpstreamAnswer> ForwardAsync(HttpContext context, RequestIdentity identity, long arrived);
}

/// <summary>What became of a forwarded request.</summary>
/// <param name="Refusal">
/// <see cref="Refusal.None"/> when it was answered, whatever the answer. Otherwise nothing was answered yet:
/// <see cref="Refusal.InstanceNotFound"/> or <see cref="Refusal.ProjectMismatch"/> (the API knows no such instance, and the request
/// may be forwarded once more for another), <see cref="Refusal.MetadataApiUnreachable"/> (the API has not seen it; likewise),
/// <see cref="Refusal.MetadataApiSilent"/>, <see cref="Refusal.MetadataApiFailed"/>, <see cref="Refusal.RequestMalformed"/> or
/// <see cref="Refusal.RequestTooLarge"/>.
/// </param>
/// <param name="Held">The API's own answer to a refused request, to be given or disposed of; null when it is the agent's to write.</param>
public readonly record struct UpstreamAnswer(Refusal Refusal, IHeldAnswer? Held = null)
{
    public static implicit operator UpstreamAnswer(Refusal refusal) => new(refusal);
}

/// <summary>An answer of the API that has not been passed on yet.</summary>
public interface IHeldAnswer : IDisposable
{
    /// <summary>Passes it on, and disposes of it.</summary>
    /// <returns><see cref="Refusal.None"/>; or why nothing was answered: the rest of it did not come.</returns>
    ValueTask<Refusal> GiveAsync(HttpContext context);
}
