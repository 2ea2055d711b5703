using System.Collections.Immutable;
using System.Net;
using Stackmeta.Core.Caching;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>Settings of the metadata API.</summary>
public sealed record ApiOptions
{
    /// <summary>
    /// How long records are kept and requests wait. Nova's <c>[api] metadata_cache_expiration</c> is
    /// <see cref="AnswerCacheOptions.Expiration"/>.
    /// </summary>
    public AnswerCacheOptions Cache { get; init; } = new();

    /// <summary>Answer <c>/healthcheck</c> as Debian's pipeline does, without proof of the caller (spec/nova-metadata.md §8.5).</summary>
    public bool HealthCheck { get; init; } = true;

    /// <summary>
    /// While this file exists, <c>/healthcheck</c> answers 503 (Debian: <c>/etc/nova/healthcheck_disable</c>); null for none.
    /// </summary>
    public string? HealthCheckDisableFile { get; init; }
}

/// <summary>Where the API listens when it is a server of its own.</summary>
public sealed record ApiServerOptions
{
    /// <summary>The address of <see cref="Addresses"/> where nothing else is said, here and in the settings.</summary>
    public const string DefaultAddress = "127.0.0.1:8775";

    public ImmutableArray<EndPoint> Addresses { get; init; } = [IPEndPoint.Parse(DefaultAddress)];

    /// <summary>Whether callers are agents, whose request ids and traces are gone on with; false where guests themselves ask.</summary>
    public bool CallersAreAgents { get; init; } = true;

    /// <summary>TLS and limits; its addresses are replaced by <see cref="Addresses"/>.</summary>
    public HttpServerOptions Http { get; init; } = new() { Addresses = [] };
}
