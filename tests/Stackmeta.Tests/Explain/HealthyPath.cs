using System.Net;
using System.Text;
using Stackmeta.Core.Refusals;
using Stackmeta.Edge;

namespace Stackmeta.Tests;

/// <summary>A guest whose path is whole, to be broken by tests with one change.</summary>
static class HealthyPath
{
    public static readonly Guid Network = Guid.Parse("11111111-1111-4111-8111-111111111111");
    const string Instance = "22222222-2222-4222-8222-222222222222";
    const string SubnetId = "33333333-3333-4333-8333-333333333333";
    const string Mac = "fa:16:3e:00:00:01";

    public static PathSubject Subject { get; } =
        new()
        {
            Asked = "guest",
            NetworkId = Network,
            Address = IPAddress.Parse("10.0.0.5"),
            Port = new()
            {
                Id = "44444444-4444-4444-8444-444444444444",
                DeviceId = Instance,
                ProjectId = "project",
                MacAddress = Mac,
                FixedIps = [new() { SubnetId = SubnetId, IpAddress = "10.0.0.5" }],
            },
            Instance = new() { Id = Instance, ProjectId = "project" },
            Subnet = new() { Id = SubnetId, Cidr = "10.0.0.0/24" },
            DhcpPort = new()
            {
                Id = "55555555-5555-4555-8555-555555555555",
                FixedIps = [new() { SubnetId = SubnetId, IpAddress = "10.0.0.2" }],
            },
            HasIpv6 = true,
        };

    public static PathSights Sights { get; } =
        new()
        {
            Namespace = new(
                DeviceNames.DhcpNamespace(Network),
                [
                    Link("tap55555555-55") with
                    {
                        Addresses =
                        [
                            new("169.254.169.254", 32, false, false),
                            new("10.0.0.2", 24, false, false),
                            new("fe80::a9fe:a9fe", 128, false, false),
                        ],
                    },
                ]
            ),
            Bridge = Link("brq11111111-11"),
            BridgeEnd = Link("vtp55555555-55") with { Master = "brq11111111-11" },
            BridgePorts = [Link("tap44444444-44")],
            Dhcp = new(
                7,
                [$"{Mac},host-10-0-0-5,10.0.0.5"],
                [$"tag:subnet-{SubnetId},option:classless-static-route,169.254.169.254/32,10.0.0.2"]
            ),
            Listener = new(MetadataAddress.Ipv4, MetadataAddress.Port, 1),
            Owner = new(8, "stackmeta", IsProxy: true, HasAgent: false, IsStopped: false, AgentSocket: null),
            InsideAnswer = new(NamespaceAnswerKind.Answered, 404),
            Probe = GuestProbeResult.Accepted,
            Socket = new("/socket", SocketKind.Alive, IsOpenToProxy: true),
            Agent = new(HopAnswerKind.Answered, 200, $"{{\"uuid\": \"{Instance}\"}}"),
            LookUp = Refusal.None,
            Record = Refusal.None,
            Documents = [new(DocumentJudgement.UserData, 404, default)],
            Host = new("/data", 1 << 30, TimeSpan.Zero),
            Patience = TimeSpan.FromSeconds(1),
        };

    /// <summary>User data as it is served; a letter is a byte.</summary>
    public static DocumentAnswer UserData(string text) =>
        new(DocumentJudgement.UserData, 200, Encoding.Latin1.GetBytes(text));

    static ObservedLink Link(string name) => new(name, 2, 3, true, true, 1500, "fa:16:3e:00:00:02", null, []);
}
