using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta;

/// <summary>
/// The metadata API in the agent's own process: the agent knows whom it asks for, so nothing is signed and nothing is sent.
/// </summary>
/// <param name="current">The API; asked for each request, since new settings make another.</param>
sealed class InProcessUpstream(Func<MetadataApi> current) : IMetadataUpstream
{
    public async ValueTask<UpstreamResult> ForwardAsync(Request request, RequestIdentity identity, long arrived)
    {
        var api = current();
        var (refusal, response) = await api.AnswerAsync(request, identity, arrived);
        return new(refusal, response, refusal == Refusal.None ? null : new DeferredRefusal(api, identity, refusal));
    }

    /// <summary>The API's own page for an instance that it does not know, as the agent would pass it on from another server.</summary>
    sealed class DeferredRefusal(MetadataApi api, RequestIdentity identity, Refusal refusal) : IDeferredResponse
    {
        public ValueTask<UpstreamResult> TakeAsync(Request request) =>
            new(api.RefusePromised(request, identity, refusal));

        public void Dispose()
        {
            // Nothing is held but the wish to answer.
        }
    }
}
