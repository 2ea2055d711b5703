using System.Net;
using Stackmeta.Admin;
using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// Whether instances and ports can be looked up: a question about one that does not exist is asked. While it is not answered the process is
/// ready as long as answers are kept, since those are given on.
/// </summary>
static class SourceChecks
{
    static readonly NetworkScope NoNetwork = new(NetworkScopeKind.Network, Guid.Empty.ToString());

    // Less than Health.Deadline: a source that says nothing is one that cannot be asked, and what is kept is given on all the same.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.7);

    public static HealthCheck Instances(IInstanceSource source, InstanceCache kept, TimeProvider time) =>
        new(
            "instances",
            async cancellationToken =>
            {
                var refusal = await WithinPatienceAsync(
                    async token => (await source.FindInstanceAsync(Guid.Empty.ToString(), token)).Refusal,
                    Refusal.InstanceSourceUnavailable,
                    time,
                    cancellationToken
                );
                return Judge(refusal, "records", kept.Statistics.Count);
            }
        );

    public static HealthCheck Ports(IPortDirectory directory, PortCache kept, TimeProvider time) =>
        new(
            "ports",
            async cancellationToken =>
            {
                _ = GuestAddress.TryFrom(IPAddress.Parse("192.0.2.1"), out var nobody);
                var refusal = await WithinPatienceAsync(
                    async token => (await directory.FindPortAsync(NoNetwork, nobody, token)).Refusal,
                    Refusal.PortDirectoryUnavailable,
                    time,
                    cancellationToken
                );
                return Judge(refusal, "ports", kept.Statistics.Count);
            }
        );

    /// <summary>
    /// Whether changes of a shared inventory are heard of: while they are not, guests are answered, late with what is new.
    /// </summary>
    public static HealthCheck Changes(PostgresInventory inventory) =>
        new("changes", _ => new(HealthFinding.Well(inventory.ChangesTrouble)));

    static async ValueTask<Refusal> WithinPatienceAsync(
        Func<CancellationToken, Task<Refusal>> ask,
        Refusal silence,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await ask(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return silence;
        }
    }

    static HealthFinding Judge(Refusal refusal, string what, int kept) =>
        Outcome.Of(refusal) != "unavailable" ? HealthFinding.Well()
        : kept > 0 ? HealthFinding.Well($"{RefusalDescription.Of(refusal).Name}; {kept} kept {what} are given on")
        : HealthFinding.Bad($"{RefusalDescription.Of(refusal).Name}, and no {what} are kept");
}
