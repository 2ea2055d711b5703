using Stackmeta.Admin;

namespace Stackmeta.WebConsole.Tests;

/// <summary>Requests as processes tell of them.</summary>
static class Requests
{
    public const string Network = "11111111-0000-0000-0000-000000000000";

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    /// <summary>A request that all hops of one process answered.</summary>
    public static TracedRequest Answered(string address = "10.0.0.9", string? instance = "instance-1") =>
        new(
            Now,
            $"req-{Guid.NewGuid()}",
            "GET",
            "/openstack/latest/meta_data.json",
            200,
            null,
            null,
            "network",
            Network,
            address,
            instance,
            0.9,
            [
                new("edge", 0, 0, 0.9),
                new("agent", 1, 0.1, 0.7),
                new("ports", 2, 0.1, 0.1),
                new("api", 2, 0.3, 0.4),
                new("instances", 3, 0.3, 0.2),
            ]
        );

    /// <summary>A request that the agent refused, since nobody has the address.</summary>
    public static TracedRequest Refused(string address = "10.9.9.9", string reason = "port-not-found") =>
        Answered(address, null) with
        {
            Status = 404,
            Refusal = reason,
            RefusedBy = "agent",
            Steps = [new("edge", 0, 0, 0.5), new("agent", 1, 0.1, 0.3), new("ports", 2, 0.1, 0.1)],
        };
}
