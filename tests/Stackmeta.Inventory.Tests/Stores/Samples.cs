using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory.Tests;

/// <summary>Entries for tests.</summary>
static class Samples
{
    /// <summary>An instance with a value in every field.</summary>
    public static InstanceEntry FullInstance { get; } =
        new()
        {
            Id = "7f3c1c5e-5b0e-4a53-9f6f-0a1b2c3d4e5f",
            Name = "Web ünö",
            Hostname = "web-1.example",
            ProjectId = "project-1",
            LaunchIndex = 3,
            AvailabilityZone = "az-1",
            ReservationId = "r-12345678",
            KeyName = "other",
            KeyData = "ssh-rsa other",
            KeyPair = new KeyPair("mykey", "x509", "CERT\nlines\n"),
            UserData = new byte[] { 0, 255, 10, 13, 128 },
            Metadata = [new("z", "1"), new("a", "zwei\nlines"), new("ключ", "")],
            FlavorName = "m1.tiny",
            ImageRef = "image-1",
            KernelId = "kernel-1",
            RootDeviceName = "/dev/vda",
            DefaultEphemeralDevice = "/dev/vdb",
            DefaultSwapDevice = "/dev/vdc",
            BlockDevices = [new("volume", "volume", null, "/dev/vda")],
            Devices =
            [
                new DeviceEntry
                {
                    Type = "nic",
                    Mac = "fa:16:3e:00:00:02",
                    Vlan = 100,
                    VfTrusted = true,
                    Bus = "pci",
                    Address = "0000:00:04.0",
                    Tags = ["mgmt"],
                },
                new DeviceEntry { Type = "disk", Serial = null },
                new DeviceEntry
                {
                    Type = "share",
                    ShareId = "share-1",
                    Tag = "t",
                    Tags = [],
                },
            ],
            DedicatedCpus = [5, 1, 2],
            SecurityGroups = ["default", "web", "default"],
            BootRoles = "member,reader",
        };
}
