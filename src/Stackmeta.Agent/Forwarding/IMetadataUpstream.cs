using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>The metadata API behind the agent: another server, or the same process.</summary>
public interface IMetadataUpstream
{
    /// <summary>Has a guest's request answered on behalf of its instance.</summary>
    /// <param name="request">The guest's request.</param>
    /// <param name="identity">Whom the guest's port belongs to.</param>
    /// <param name="arrived">The timestamp at which the request arrived: an API in this process counts the guest's patience from
    /// there.</param>
    ValueTask<UpstreamResult> ForwardAsync(Request request, RequestIdentity identity, long arrived);
}

/// <summary>What became of a forwarded request.</summary>
/// <param name="Refusal">
/// <see cref="Refusal.None"/> when there is a response, whatever it says. Otherwise there is none yet:
/// <see cref="Refusal.InstanceNotFound"/> or <see cref="Refusal.ProjectMismatch"/> (the API knows no such instance, and the request
/// may be forwarded once more for another), <see cref="Refusal.MetadataApiUnreachable"/> (the API has not seen it; likewise),
/// <see cref="Refusal.MetadataApiSilent"/>, <see cref="Refusal.MetadataApiFailed"/>, <see cref="Refusal.RequestMalformed"/> or
/// <see cref="Refusal.RequestTooLarge"/>.
/// </param>
/// <param name="Response">The response, where there is no refusal.</param>
/// <param name="Held">The API's own response to a refused request, to be taken or disposed of; null when it is the agent's to make.</param>
public readonly record struct UpstreamResult(
    Refusal Refusal,
    Response Response = default,
    IDeferredResponse? Held = null
)
{
    public static implicit operator UpstreamResult(Refusal refusal) => new(refusal);

    public static implicit operator UpstreamResult(Response response) => new(Refusal.None, response);
}

/// <summary>A response of the API that is not the guest's yet.</summary>
public interface IDeferredResponse : IDisposable
{
    /// <summary>Takes it: from then on disposing does nothing.</summary>
    /// <returns>The response, or why there is none: the rest of it did not come.</returns>
    ValueTask<UpstreamResult> TakeAsync(Request request);
}
