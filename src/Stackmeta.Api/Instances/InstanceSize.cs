using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Api;

/// <summary>About how much memory a record takes: its texts and blobs, and a share for the objects around them.</summary>
static class InstanceSize
{
    /// <summary>An object's header, reference and padding on 64 bits, with a few fields.</summary>
    const long ObjectSize = 64;

    const long RecordSize = 640;

    public static long Of(Instance instance) =>
        RecordSize
        + Of(instance.Uuid)
        + Of(instance.ProjectId)
        + Of(instance.Hostname)
        + Of(instance.DisplayName)
        + Of(instance.AvailabilityZone)
        + Of(instance.ReservationId)
        + Of(instance.KeyName)
        + Of(instance.KeyData)
        + Of(instance.KeyPair?.Name)
        + Of(instance.KeyPair?.PublicKey)
        + (instance.UserData?.Length ?? 0)
        + Of(instance.UserDataText)
        + Sum(instance.Metadata, static item => Of(item.Key) + Of(item.Value))
        + Of(instance.FlavorName)
        + Of(instance.ImageRef)
        + Sum(instance.BlockDevices, static device => ObjectSize + Of(device.DeviceName))
        + Sum(instance.Devices, static _ => 6 * ObjectSize)
        + (sizeof(int) * instance.DedicatedCpus.Length)
        + Sum(instance.NetworkInterfaces, Of)
        + Sum(instance.SecurityGroups, Of)
        + Of(instance.BootRoles)
        + Of(instance.Password);

    public static long Of(string? text) => text is null ? 0 : 24 + (sizeof(char) * (long)text.Length);

    static long Of(NetworkInterface networkInterface) =>
        (6 * ObjectSize)
        + Sum(
            networkInterface.Network?.Subnets ?? [],
            static subnet =>
                (6 * ObjectSize)
                + Sum(subnet.DnsServers, Of)
                + Sum(subnet.Routes, static route => ObjectSize + Of(route.Cidr) + Of(route.Gateway))
                + Sum(subnet.FixedIps, static ip => (2 * ObjectSize) + Sum(ip.FloatingIps, Of))
        );

    static long Sum<T>(ImmutableArray<T> items, Func<T, long> sizeOf)
    {
        var sum = 0L;
        foreach (var item in items.IsDefault ? [] : items)
        {
            sum += sizeOf(item);
        }
        return sum;
    }
}
