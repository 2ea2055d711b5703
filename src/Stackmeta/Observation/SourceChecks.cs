using System.Net;
using Stackmeta.Admin;
using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>
/// Whether instances and ports can be looked up: a question about one that does not exist is asked. While it is not answered the process is
/// ready as long as answers are kept, since those are given on.
/// </summary>
static class SourceChecks
{
    static readonly NetworkScope NoNetwork = new(NetworkScopeKind.Network, Guid.Empty.ToString());

    public static HealthCheck Instances(IInstanceSource source, InstanceCache kept) =>
        new(
            "instances",
            async cancellationToken =>
            {
                var answer = await source.FindInstanceAsync(Guid.Empty.ToString(), cancellationToken);
                return Judge(answer.Refusal, "records", kept.Statistics.Count);
            }
        );

    public static HealthCheck Ports(IPortDirectory directory, PortCache kept) =>
        new(
            "ports",
            async cancellationToken =>
            {
                _ = GuestAddress.TryFrom(IPAddress.Parse("192.0.2.1"), out var nobody);
                var answer = await directory.FindPortAsync(NoNetwork, nobody, cancellationToken);
                return Judge(answer.Refusal, "ports", kept.Statistics.Count);
            }
        );

    static HealthFinding Judge(Refusal refusal, string what, int kept) =>
        Outcome.Of(refusal) != "unavailable" ? HealthFinding.Well()
        : kept > 0 ? HealthFinding.Well($"{RefusalDescription.Of(refusal).Name}; {kept} kept {what} are given on")
        : HealthFinding.Bad($"{RefusalDescription.Of(refusal).Name}, and no {what} are kept");
}
