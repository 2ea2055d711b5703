using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.OpenStack;

/// <summary>Makes the instance record of its rows. What cannot be read is named in the record and left out, nothing else.</summary>
static class InstanceAssembly
{
    public static Instance Assemble(InstanceRows rows, Ec2Ids ec2Ids)
    {
        var unreadable = InstanceParts.None;
        bool Read(bool succeeded, InstanceParts part)
        {
            unreadable |= succeeded ? InstanceParts.None : part;
            return succeeded;
        }

        byte[] userData = [];
        var hasUserData =
            rows.UserData is not null
            && Read(UserDataText.TryDecode(rows.UserData, out userData), InstanceParts.UserData);
        Read(NetworkInfo.TryRead(rows.NetworkInfo, out var interfaces), InstanceParts.NetworkInterfaces);
        Read(InstanceObjects.TryReadFlavor(rows.Flavor, out var flavor), InstanceParts.Flavor);
        Read(InstanceObjects.TryReadKeyPair(rows.KeyPairs, out var keyPair), InstanceParts.KeyPair);
        Read(InstanceObjects.TryReadDevices(rows.DeviceMetadata, out var devices), InstanceParts.Devices);
        Read(InstanceObjects.TryReadDedicatedCpus(rows.NumaTopology, out var cpus), InstanceParts.DedicatedCpus);
        var hasPassword = Read(PasswordRows.TryJoin(rows.SystemMetadata, out var password), InstanceParts.Password);

        return new()
        {
            Uuid = rows.Uuid,
            ProjectId = rows.ProjectId,
            Hostname = rows.Hostname,
            DisplayName = rows.DisplayName,
            LaunchIndex = rows.LaunchIndex,
            AvailabilityZone = rows.AvailabilityZone,
            ReservationId = rows.ReservationId,
            KeyName = rows.KeyName,
            KeyData = rows.KeyData,
            KeyPair = keyPair,
            // A null array would become an empty memory, which is another thing here.
            UserData = hasUserData ? userData.AsMemory() : default(ReadOnlyMemory<byte>?),
            UserDataText = hasUserData && rows.UserData != Convert.ToBase64String(userData) ? rows.UserData : null,
            Metadata = Metadata(rows.Metadata),
            FlavorName = flavor,
            Ec2Ids = ec2Ids,
            ImageRef = rows.ImageRef,
            KernelId = rows.KernelId,
            RamdiskId = rows.RamdiskId,
            RootDeviceName = rows.RootDeviceName,
            DefaultEphemeralDevice = rows.DefaultEphemeralDevice,
            DefaultSwapDevice = rows.DefaultSwapDevice,
            BlockDevices =
            [
                .. rows.BlockDevices.Select(device => new BlockDevice(
                    device.SourceType,
                    device.DestinationType,
                    device.GuestFormat,
                    device.DeviceName
                )),
            ],
            Devices = devices,
            DedicatedCpus = cpus,
            NetworkInterfaces = interfaces,
            BootRoles = rows.SystemMetadata.GetValueOrDefault("boot_roles") ?? "",
            Password = hasPassword ? password : "",
            Unreadable = unreadable,
        };
    }

    // A dictionary in Nova: a key that comes twice keeps its first place and its last value.
    static ImmutableArray<MetadataItem> Metadata(List<(string Key, string? Value)> rows)
    {
        var items = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in rows)
        {
            items[key] = value ?? "";
        }
        return [.. items.Select(item => new MetadataItem(item.Key, item.Value))];
    }
}
