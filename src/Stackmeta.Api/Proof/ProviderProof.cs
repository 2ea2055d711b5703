using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>
/// The way of a metadata provider's load balancer: provider id, signed where a secret is set, and the guest's address on the provider's
/// networks (spec/nova-metadata.md §6.4). Requests without a provider id go the agents' way.
/// </summary>
/// <param name="byInstance">The agents' way.</param>
/// <param name="signature">Checks provider ids; null where the secret is empty, and then nothing proves the provider, as in Nova.</param>
public sealed class ProviderProof(
    ICallerProof byInstance,
    InstanceSignature? signature,
    IAddressDirectory directory,
    AnswerCacheOptions cache,
    TimeProvider time
) : ICallerProof
{
    const string Provider = "X-Metadata-Provider";
    const string ProviderSignature = "X-Metadata-Provider-Signature";

    readonly ProviderCache _ports = new(directory, cache, time);

    /// <inheritdoc/>
    public ValueTask<ProofAnswer> ProveAsync(Request request) =>
        request.Headers.TryGetValue(Provider, out var provider) && provider.ToString() is { Length: > 0 } id
            ? ProveProviderAsync(request, id)
            : byInstance.ProveAsync(request);

    async ValueTask<ProofAnswer> ProveProviderAsync(Request request, string provider)
    {
        var headers = request.Headers;
        if (!headers.TryGetValue(ProofHeaders.ForwardedFor, out var forwardedFor))
        {
            return Refusal.AddressHeaderMissing;
        }
        if (signature?.Check(provider, headers[ProviderSignature].ToString()) is { } refusal)
        {
            if (refusal != Refusal.None)
            {
                return refusal;
            }
            request.Connection?.Trust();
        }
        var address = forwardedFor.ToString().Split(',', 2)[0];
        var answer = await _ports.FindAsync(provider, address, request.Aborted);
        return answer switch
        {
            { Port: { } port } => new ProofAnswer(new(port.DeviceId, port.ProjectId, address), Refusal.None),
            { Refusal: Refusal.PortDirectoryUnavailable } => Refusal.PortDirectoryUnavailable,
            { HasNetworks: false } => new ProofAnswer(
                default,
                Refusal.ProviderPortNotFound,
                $"Could not find any subnets for provider {provider}"
            ),
            _ => new ProofAnswer(
                default,
                Refusal.ProviderPortNotFound,
                $"Expected a single port matching provider {provider} and IP {address}. Found {answer.Matches}."
            ),
        };
    }
}
