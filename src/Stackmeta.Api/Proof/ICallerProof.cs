using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>A way in which a caller shows which instance it asks for (spec/nova-metadata.md §6).</summary>
public interface ICallerProof
{
    /// <summary>Finds out for which instance the request asks and whether the caller may.</summary>
    ValueTask<ProofAnswer> ProveAsync(Request request);
}

/// <summary>Whom a request is for, or why that is not proven.</summary>
/// <param name="Identity">Whom; default when refused.</param>
/// <param name="Refusal"><see cref="Refusal.None"/> when proven.</param>
/// <param name="Explanation">The sentence on the error page; null for the refusal's own.</param>
/// <param name="ProjectIsKnown">False for the way that knows the address alone: then the instance's project is not compared.</param>
public readonly record struct ProofAnswer(
    RequestIdentity Identity,
    Refusal Refusal,
    string? Explanation = null,
    bool ProjectIsKnown = true
)
{
    public static implicit operator ProofAnswer(Refusal refusal) => new(default, refusal);
}
