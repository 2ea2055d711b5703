using Microsoft.Extensions.Primitives;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>
/// The way of the Neutron metadata agent: the instance id, signed with the secret that agent and API share. The checks are
/// made in Nova's order (spec/nova-metadata.md §6.3); a header that is there but empty counts as there.
/// </summary>
/// <remarks>
/// The copies of a repeated header are one text, joined as Nova's server joins them: such a text was never signed and names no project,
/// so repeating proves nothing, whichever copy is right. A guest sees it in <c>local-ipv4</c> if it has no fixed address. Names spelt with
/// <c>_</c> are other headers.
/// </remarks>
public sealed class SharedSecretProof(InstanceSignature signature) : ICallerProof
{
    public ValueTask<ProofAnswer> ProveAsync(Request request)
    {
        var proof = Prove(request.Headers);
        if (proof.Refusal == Refusal.None)
        {
            // Who holds the secret is an agent, whatever else connects here.
            request.Connection?.Trust();
        }
        return new(proof);
    }

    ProofAnswer Prove(RequestHeaders headers)
    {
        if (!headers.TryGetValue(ProofHeaders.InstanceId, out var instanceId))
        {
            return Refusal.InstanceIdMissing;
        }
        if (!headers.TryGetValue(ProofHeaders.InstanceIdSignature, out var sent))
        {
            return Refusal.SignatureMissing;
        }
        if (!headers.TryGetValue(ProofHeaders.ProjectId, out var projectId))
        {
            return Refusal.ProjectIdMissing;
        }

        var client = headers.TryGetValue(ProofHeaders.ForwardedFor, out var forwardedFor) ? Joined(forwardedFor) : null;
        var identity = new RequestIdentity(Joined(instanceId), Joined(projectId), client);
        return new(identity, signature.Check(identity.InstanceId, Joined(sent)));
    }

    // uWSGI 2.0.21 puts a comma and a blank between the copies; StringValues would put a comma alone.
    static string Joined(in StringValues values) =>
        values.Count == 1 ? values.ToString() : string.Join(", ", (IEnumerable<string?>)values);
}
