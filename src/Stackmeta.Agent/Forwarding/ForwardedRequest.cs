using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>Makes the request to the API out of a guest's (spec/neutron-metadata.md §3.6).</summary>
/// <remarks>
/// Of what the guest sent go on: method, raw target, body, and the Accept header, which chooses the form of the API's error
/// pages. Neutron's agent makes these pages itself by the guest's Accept; passing the API's on needs the same header there.
/// </remarks>
static class ForwardedRequest
{
    /// <summary>The request, or null when the guest's target cannot be forwarded.</summary>
    /// <param name="guest">The guest's request.</param>
    /// <param name="identity">Whom it is for.</param>
    /// <param name="signature">Proves the instance id.</param>
    /// <param name="targets">Of the API.</param>
    public static async ValueTask<HttpRequestMessage?> CreateAsync(
        Request guest,
        RequestIdentity identity,
        InstanceSignature signature,
        UpstreamTargets targets
    )
    {
        if (UpstreamRequest.TryCreate(guest, targets) is not { } request)
        {
            return null;
        }
        request.Content = await RequestBody.ReadAsync(guest);
        // Who refuses a long body need not be sent it: without this an API that answers and closes early cuts our sending off, and
        // with it what it answered.
        request.Headers.ExpectContinue = RequestBody.IsRepeatable(request) ? null : true;
        var headers = request.Headers;
        headers.TryAddWithoutValidation("X-Forwarded-For", identity.ClientAddress);
        headers.TryAddWithoutValidation("X-Instance-ID", identity.InstanceId);
        headers.TryAddWithoutValidation("X-Tenant-ID", identity.ProjectId);
        headers.TryAddWithoutValidation("X-Instance-ID-Signature", signature.Sign(identity.InstanceId));
        guest.Observation?.Trail().AddTo(headers);
        if (guest.Headers["Accept"] is { Count: > 0 } accept)
        {
            headers.TryAddWithoutValidation("Accept", accept.ToString());
        }
        return request;
    }
}
