using Microsoft.AspNetCore.Http;
using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>The metadata API in the agent's own process: the agent knows whom it asks for, so nothing is signed and nothing is sent.</summary>
/// <param name="current">The API; asked for each request, since new settings make another.</param>
sealed class InProcessUpstream(Func<MetadataApi> current) : IMetadataUpstream
{
    public async ValueTask<UpstreamAnswer> ForwardAsync(HttpContext context, RequestIdentity identity, long arrived)
    {
        var api = current();
        var refusal = await api.TryAnswerAsync(context, identity, arrived);
        return new UpstreamAnswer(refusal, refusal == Refusal.None ? null : new HeldRefusal(api, identity, arrived));
    }

    /// <summary>The API's own page for an instance that it does not know, as the agent would pass it on from another server.</summary>
    sealed class HeldRefusal(MetadataApi api, RequestIdentity identity, long arrived) : IHeldAnswer
    {
        // The API has kept that there is none, so nothing is loaded again.
        public async ValueTask<Refusal> GiveAsync(HttpContext context)
        {
            await api.AnswerAsync(context, identity, arrived);
            return Refusal.None;
        }

        public void Dispose()
        {
            // Nothing is held but the wish to answer.
        }
    }
}
