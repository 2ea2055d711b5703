using System.Collections.Immutable;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>What happened to a request, once it is over. All texts are bounded and on one line; none is a secret.</summary>
public sealed record ObservedRequest
{
    /// <summary>When it arrived.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string RequestId { get; init; }

    /// <summary>The trace's id in hexadecimal; null when the request was not traced.</summary>
    public string? TraceId { get; init; }

    public required string Method { get; init; }

    /// <summary>The target without its query, which may hold anything.</summary>
    public required string Target { get; init; }

    /// <summary><c>openstack</c>, <c>ec2</c> or <c>other</c>.</summary>
    public required string Dialect { get; init; }

    /// <summary>The status code; 0 when the guest went away before it was answered.</summary>
    public required int Status { get; init; }

    /// <summary>
    /// Why it was refused; <see cref="Refusal.None"/> when it was not, or when the hop behind refused it and only the status is known.
    /// </summary>
    public Refusal Refusal { get; init; }

    /// <summary>The hop that refused it; null when none did.</summary>
    public PathStep? RefusedBy { get; init; }

    /// <summary><c>network</c> or <c>router</c>; null when not known.</summary>
    public string? ScopeKind { get; init; }

    /// <summary>The network's or router's id.</summary>
    public string? ScopeId { get; init; }

    /// <summary>The guest's address.</summary>
    public string? Address { get; init; }

    public string? InstanceId { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>In the order in which they began.</summary>
    public required ImmutableArray<StepTime> Steps { get; init; }
}
