using System.Collections.Immutable;
using System.Text;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents.Tests;

/// <summary>The instances behind the recorded answers, as their rows were.</summary>
static class RecordedInstances
{
    const string FirstProject = "ed4b2f0e324a5ac685b62bda835b2996";
    const string SecondProject = "5714b1414dd254bb9ad59abea0aebb10";
    const string PublicKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDDSLe+7RRJgxPiirHdA4b4eMbn3N0Y12RKrpOtKiIOT rig@example";

    public static readonly ImmutableDictionary<string, Instance> All = new Dictionary<string, Instance>(
        StringComparer.Ordinal
    )
    {
        ["standard"] = Make("afc01aa3-f611-54a8-9ab3-f9fa2466ada0", "web-1", 2, "r-022729d1", FirstProject) with
        {
            KeyName = "mykey",
            KeyData = PublicKey,
            KeyPair = new("mykey", "ssh", PublicKey),
            UserData = Encoding.UTF8.GetBytes(
                "#cloud-config\npackages:\n  - nginx\nruncmd:\n  - [ sh, -c, \"echo héllo > /tmp/x\" ]\n"
            ),
            Metadata = [new("role", "web"), new("env", "prod")],
            SecurityGroups = ["default"],
            NetworkInterfaces =
            [
                new()
                {
                    Id = "e13c2773-2188-4857-b7b4-0bd3a1c89d07",
                    MacAddress = "fa:16:3e:00:00:11",
                    Type = "ovs",
                    DeviceName = "tape13c2773-21",
                    Network = new()
                    {
                        Id = "56b61664-1919-4667-ba81-7e17c04ba600",
                        Mtu = 1450,
                        Subnets =
                        [
                            Fixtures.Subnet(6, "fd00:a::/64", "fd00:a::f816:3eff:fe00:11") with
                            {
                                Gateway = "fd00:a::",
                                DnsServers = ["2001:4860:4860::8888"],
                                Ipv6AddressMode = "slaac",
                                DhcpServer = "fd00:a::f816:3eff:fef0:12dc",
                            },
                            new()
                            {
                                Version = 4,
                                Cidr = "10.10.0.0/24",
                                Gateway = "10.10.0.1",
                                DnsServers = ["10.10.0.53", "8.8.8.8"],
                                FixedIps = [new("10.10.0.11", ["203.0.113.77"])],
                                DhcpServer = "10.10.0.2",
                            },
                        ],
                    },
                },
            ],
        },
        ["unicode"] = Make("a52c51c4-41b7-529c-84a3-6312fac804d8", "xn--server", 10, "r-b57233ee", SecondProject) with
        {
            DisplayName = "Имя \"сервера\" ☃ <&> \\ 'q'",
            AvailabilityZone = "zône-1",
            KeyName = "clé \"ü\" ☃",
            KeyData = PublicKey + " ünï",
            // The two differ, as the key's row cannot hold what its object can.
            KeyPair = new("clé \"ü\" 😀", "ssh", PublicKey + " ünï 😀"),
            UserData = Encoding.UTF8.GetBytes("#!/bin/sh\necho \"Привет, 世界 😀\"\n"),
            Metadata =
            [
                new("ключ", "значение"),
                new("quote\"key", "va\"l'ue"),
                new("newline", "a\nb\r\nc\ttab"),
                new("back\\slash", "c:\\x"),
                new("empty", ""),
                new("html", "<a href=\"x\">&amp;</a>"),
                new("slash/key", "/a/b/"),
                new("ctl", "\u0001\u001f\u007f"),
                new("nbsp", "a\u00a0b\u2028c\u2029d"),
                new("null", "null"),
                new("true", "true"),
                new("num", "1e5"),
                new("uuid", "shadow"),
                new("hostname", "shadow"),
            ],
        },
        ["many-nics"] = Make(
            "d2e40ec3-1348-52aa-83f4-c5d19e067c96",
            "o11-many-nics",
            11,
            "r-bd134373",
            SecondProject
        ) with
        {
            NetworkInterfaces = ManyInterfaces.All,
        },
        ["injected-template"] = Make(
            "592eb3dd-6934-5609-8a97-4c80f31c3649",
            "o16-injected-template",
            16,
            "r-ae4ed895",
            SecondProject
        ) with
        {
            NetworkInterfaces = InjectedInterfaces.All,
        },
        ["device-tags"] = Make(
            "4664ac48-b51c-54f9-b70c-4405b41ee317",
            "o17-device-tags",
            17,
            "r-1e24404a",
            FirstProject
        ) with
        {
            Devices =
            [
                Nic("00", bus: new("pci", "0000:00:03.0")) with
                {
                    Tags = ["nic1", "mgmt"],
                },
                Nic("01", 1000, true, new("pci", "0000:00:04.0")) with
                {
                    Tags = ["trusted"],
                },
                Nic("02", 2000, bus: new("pci", "0000:00:05.0")),
                Nic("03", bus: new("pci", "0000:00:06.0")),
                Nic("04", trusted: false, bus: new("usb", "0:1")),
                Nic("05", bus: new("xen", "000200")) with
                {
                    Tags = ["xen"],
                },
                Nic("06") with
                {
                    Tags = ["no bus"],
                },
                new DiskTag("disk-vol-2352423", "/dev/sda") { Bus = new("scsi", "1:0:2:0"), Tags = ["baz"] },
                new DiskTag(default, "/dev/vdb") { Bus = new("pci", "0000:00:07.0"), Tags = ["squ", "emoji 😀"] },
                new DiskTag(new(IsSet: true, null), new(IsSet: true, null)) { Bus = new("usb", "3:1"), Tags = [] },
                new DiskTag("s", default) { Bus = new("ide", "0:1") },
                new DiskTag(default, default) { Bus = new("xen", "51712"), Tags = ["x"] },
                new DiskTag(default, default) { Bus = new("pci", null) },
                new DiskTag("unknown bus: skipped", default) { Bus = new(null, null) },
            ],
        },
        ["bdms"] = Make("c03b63c1-08b7-5c3b-9043-135fec1d5062", "o18-bdms", 18, "r-1e646ab8", FirstProject) with
        {
            DefaultEphemeralDevice = "/dev/vdz",
            DefaultSwapDevice = "/dev/vdy",
            BlockDevices =
            [
                new("image", "local", null, "/dev/vda"),
                new("blank", "local", "ext4", "/dev/vdc"),
                new("blank", "local", null, "/dev/vdb"),
                new("blank", "local", "swap", "/dev/vdd"),
                new("blank", "local", "swap", "/dev/vde"),
                new("volume", "volume", null, "/dev/vdg"),
                new("volume", "volume", null, "/dev/vdf"),
                new("snapshot", "volume", null, null),
            ],
        },
        // Volume-backed, with a key name that is empty beside key data that are not.
        ["odd-fields"] = new()
        {
            Uuid = "f22c3d43-b719-5030-b2e0-75a4872412a8",
            ProjectId = SecondProject,
            Hostname = "dotted.example.org",
            DisplayName = "",
            LaunchIndex = 7,
            KeyName = "",
            KeyData = "x",
            ImageRef = "",
            KernelId = "",
            RamdiskId = "",
            FlavorName = "m1.small",
            Ec2Ids = new(27, null, null, null),
            SecurityGroups = [],
        },
    }.ToImmutableDictionary(StringComparer.Ordinal);

    static Instance Make(string uuid, string name, int number, string reservation, string project) =>
        new()
        {
            Uuid = uuid,
            ProjectId = project,
            Hostname = name,
            DisplayName = name,
            LaunchIndex = 0,
            AvailabilityZone = "nova",
            ReservationId = reservation,
            ImageRef = "aa27fc82-130f-5a09-a6d5-605134423d33",
            KernelId = "",
            RamdiskId = "",
            RootDeviceName = "/dev/vda",
            FlavorName = "m1.small",
            Ec2Ids = new(number, 1, null, null),
            SecurityGroups = [],
        };

    static NetworkInterfaceTag Nic(string number, int? vlan = null, bool? trusted = null, DeviceBus? bus = null) =>
        new($"fa:16:3e:17:00:{number}", vlan, trusted) { Bus = bus };
}
