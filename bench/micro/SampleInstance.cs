using System.Net;
using System.Text;
using Stackmeta.Core.Instances;

namespace Stackmeta.Bench.Micro;

/// <summary>An ordinary guest: a key, an item, 2 KB of user data, one interface.</summary>
static class SampleInstance
{
    public const string Id = "6f70656e-7374-4163-8b00-000000000001";

    public static Instance Record { get; } =
        new()
        {
            Uuid = Id,
            ProjectId = "bench",
            Hostname = "web-1",
            DisplayName = "web-1",
            LaunchIndex = 0,
            AvailabilityZone = "nova",
            ReservationId = "r-00000001",
            KeyName = "bench",
            KeyData = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0v1sC2H3N4m5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0 bench",
            KeyPair = new(
                "bench",
                "ssh",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0v1sC2H3N4m5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0 bench"
            ),
            UserData = Encoding.ASCII.GetBytes("#cloud-config\n" + new string('#', 2000)),
            Metadata = [new("role", "web")],
            FlavorName = "m1.small",
            Ec2Ids = new(1, 1, null, null),
            ImageRef = "6ab6c2f5-9f4b-4d0e-8b0e-2f1f0a9d9f11",
            RootDeviceName = "/dev/vda",
            SecurityGroups = ["default"],
        };

    public static IPAddress Address { get; } = IPAddress.Parse("10.10.1.1");
}
