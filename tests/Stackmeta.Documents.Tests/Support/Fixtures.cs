using System.Collections.Immutable;
using System.Text;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents.Tests;

/// <summary>The two instances of spec/nova-metadata-cases.md.</summary>
static class Fixtures
{
    /// <summary>Fixture A: the instance of Nova's own unit tests.</summary>
    public static Instance A { get; } =
        new()
        {
            Uuid = "b65cee2f-8c69-4aeb-be2f-f79742548fc2",
            ProjectId = "test",
            KeyName = "key",
            KeyData = "ssh-rsa AAAAB3Nzai....N3NtHw== someuser@somehost",
            KeyPair = new("key", "fake_type", "ssh-rsa AAAAB3Nzai....N3NtHw== someuser@somehost"),
            LaunchIndex = 1,
            ReservationId = "r-xxxxxxxx",
            UserData = Encoding.UTF8.GetBytes("This is an encoded string"),
            RootDeviceName = "/dev/sda1",
            Hostname = "test",
            DisplayName = "my_displayname",
            AvailabilityZone = "fake-az",
            FlavorName = "m1.small",
            SecurityGroups = ["default"],
            Ec2Ids = new(1, 1, null, null),
            ImageRef = "image",
            Devices =
            [
                new NetworkInterfaceTag("00:00:00:00:00:00", null, null)
                {
                    Bus = new("pci", "0000:00:01.0"),
                    Tags = ["foo"],
                },
                Disk("ide", "0:0"),
                Disk("scsi", "05c8:021e:04a7:011b"),
                Disk("usb", "05c8:021e"),
                new NetworkInterfaceTag("00:00:00:00:00:00", null, null) { Bus = new(null, null), Tags = ["foo"] },
                new NetworkInterfaceTag("e3:a0:d0:12:c5:10", 1000, null) { Bus = new("pci", "0000:80:01.0") },
                new NetworkInterfaceTag("00:11:22:33:44:55", null, true)
                {
                    Bus = new("pci", "0000:00:02.0"),
                    Tags = ["trusted"],
                },
                new ShareTag("e4b6fbdf", "tagged"),
            ],
        };

    /// <summary>Fixture B: one interface with a floating address, and DHCP.</summary>
    public static Instance B { get; } =
        new()
        {
            Uuid = "6f6e2c1a-1111-4a4a-8b8b-000000000001",
            ProjectId = "proj-1",
            Hostname = "web-1",
            DisplayName = "Wéb \"1\"",
            Metadata = [new("role", "web"), new("b", "2")],
            RootDeviceName = "/dev/vda",
            KeyName = "mykey",
            KeyData = "ssh-ed25519 AAAAC3Nz test@host",
            KeyPair = new("mykey", "ssh", "ssh-ed25519 AAAAC3Nz test@host"),
            UserData = Encoding.UTF8.GetBytes("#!/bin/sh\necho hé\n"),
            FlavorName = "m1.tiny",
            AvailabilityZone = "nova",
            LaunchIndex = 0,
            ReservationId = "r-1",
            SecurityGroups = ["default", "web"],
            Ec2Ids = new(1, 1, null, null),
            ImageRef = "image",
            NetworkInterfaces =
            [
                Interface(
                    new InterfaceSubnet
                    {
                        Version = 4,
                        Cidr = "10.1.2.0/24",
                        Gateway = "10.1.2.1",
                        DnsServers = ["9.9.9.9"],
                        DhcpServer = "10.1.2.2",
                        FixedIps = [new("10.1.2.3", ["203.0.113.7"])],
                    }
                ),
            ],
        };

    /// <summary>An interface of type ovs with MTU 1450 on a network with these subnets.</summary>
    public static NetworkInterface Interface(params ImmutableArray<InterfaceSubnet> subnets) =>
        new()
        {
            Id = "port-1",
            MacAddress = "fa:16:3e:00:00:01",
            Type = "ovs",
            DeviceName = "tapport-1",
            Network = new()
            {
                Id = "net-1",
                Mtu = 1450,
                Subnets = subnets,
            },
        };

    public static InterfaceSubnet Subnet(int version, string cidr, params ImmutableArray<string> addresses) =>
        new()
        {
            Version = version,
            Cidr = cidr,
            FixedIps = [.. addresses.Select(address => new FixedIp(address, []))],
        };

    static DiskTag Disk(string bus, string address) =>
        new("disk-vol-2352423", "/dev/sda") { Bus = new(bus, address), Tags = ["baz"] };
}
