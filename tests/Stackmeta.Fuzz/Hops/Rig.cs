using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;

namespace Stackmeta.Fuzz;

/// <summary>One instance on one network, for all hops.</summary>
static class Rig
{
    public const string Secret = "s3cret";
    public const string Uuid = "6f6e2c1a-1111-4a4a-8b8b-000000000001";
    public const string Project = "proj-1";
    public const string Address = "10.0.0.5";

    public static Guid Network { get; } = new("6f6e2c1a-2222-4a4a-8b8b-000000000001");

    public static InstanceSignature Signature { get; } = new("s3cret"u8.ToArray());

    /// <summary>
    /// An API over one instance, new for each request: what is posted is not kept, so that the second time is as the first.
    /// </summary>
    public static MetadataApi Api(FaultLog log)
    {
        var options = new ApiOptions();
        return new(
            options,
            new InstanceCache(new OneInstance(), options.Cache, TimeProvider.System),
            new DocumentRenderer(new DocumentOptions(), TimeProvider.System),
            new SharedSecretProof(Signature),
            new VendorDataProviders(new VendorDataOptions(), options.Cache, token: null, TimeProvider.System, log),
            securityGroups: null,
            TimeProvider.System,
            log
        );
    }

    /// <summary>The agent before whichever API.</summary>
    public static MetadataAgent Agent(IMetadataUpstream upstream, FaultLog log)
    {
        var options = new AgentOptions();
        return new(
            options,
            new PortCache(new OnePort(), options.Ports, TimeProvider.System),
            upstream,
            TimeProvider.System,
            log
        );
    }

    sealed class OneInstance : IInstanceSource
    {
        static readonly Instance Web1 = new()
        {
            Uuid = Uuid,
            ProjectId = Project,
            Hostname = "web-1",
            DisplayName = "web 1",
            FlavorName = "m1.tiny",
            UserData = "#!/bin/sh\necho h\u00e9\n"u8.ToArray(),
            Ec2Ids = new(1, 1, null, null),
            AvailabilityZone = "nova",
            SecurityGroups = ["default", "web"],
            RootDeviceName = "/dev/vda",
            ReservationId = "r-1",
            LaunchIndex = 0,
        };

        public ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
            new(instanceId == Uuid ? Web1 : Refusal.InstanceNotFound);

        /// <summary>
        /// It is set already: one that is set shows for a second, and what a request is told would depend on how long the one before is ago.
        /// </summary>
        public ValueTask<Refusal> SetPasswordAsync(
            string instanceId,
            string password,
            CancellationToken cancellationToken
        ) => new(Refusal.PasswordAlreadySet);
    }

    sealed class OnePort : IPortDirectory
    {
        public ValueTask<PortAnswer> FindPortAsync(
            NetworkScope scope,
            GuestAddress address,
            CancellationToken cancellationToken
        ) =>
            new(
                scope.Id == Network.ToString()
                    ? new Port("port-1", Network.ToString(), Uuid, Project)
                    : Refusal.PortNotFound
            );
    }
}
