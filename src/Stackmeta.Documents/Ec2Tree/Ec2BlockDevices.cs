using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary><c>block-device-mapping/</c> (spec/nova-metadata.md §4.3).</summary>
static class Ec2BlockDevices
{
    /// <summary>What Nova tells of an instance without a root device name, whatever its block devices are.</summary>
    static readonly Ec2Value Fixed = Ec2Value.OfDirectory([
        new("ami", Ec2Value.Of("sda1")),
        new("ephemeral0", Ec2Value.Of("sda2")),
        new("root", Ec2Value.Of("/dev/sda1")),
        new("swap", Ec2Value.Of("sda3")),
    ]);

    public static Ec2Value Mapping(Instance instance, in Ec2Scope scope)
    {
        if (instance.RootDeviceName is not { } root)
        {
            return Fixed;
        }

        const string DevicePrefix = "/dev/";
        var entries = ImmutableArray.CreateBuilder<Ec2Entry>();
        Set(
            entries,
            "ami",
            root.StartsWith(DevicePrefix, StringComparison.Ordinal) ? root[DevicePrefix.Length..] : root
        );
        Set(entries, "root", root);
        if (!string.IsNullOrEmpty(instance.DefaultEphemeralDevice))
        {
            Set(entries, "ephemeral0", instance.DefaultEphemeralDevice);
        }
        if (!string.IsNullOrEmpty(instance.DefaultSwapDevice))
        {
            Set(entries, "swap", instance.DefaultSwapDevice);
        }
        AddVolumes(entries, instance.BlockDevices);
        AddBlanks(entries, instance.BlockDevices);
        return Ec2Value.OfDirectory(entries.DrainToImmutable());
    }

    /// <summary>Volumes by device name, those without one first.</summary>
    static void AddVolumes(ImmutableArray<Ec2Entry>.Builder entries, ImmutableArray<BlockDevice> devices)
    {
        var number = 0;
        foreach (
            var volume in devices.Where(IsVolume).OrderBy(device => device.DeviceName ?? "", StringComparer.Ordinal)
        )
        {
            Set(entries, $"ebs{number++}", volume.DeviceName);
        }
    }

    /// <summary>Blank disks: the last one for swap counts, the others are numbered in the order of their rows.</summary>
    static void AddBlanks(ImmutableArray<Ec2Entry>.Builder entries, ImmutableArray<BlockDevice> devices)
    {
        var blanks = devices.Where(device => !IsVolume(device) && device.SourceType == "blank").ToList();
        foreach (var swap in blanks.Where(IsSwap))
        {
            Set(entries, "swap", swap.DeviceName);
        }
        var number = 0;
        foreach (var ephemeral in blanks.Where(device => !IsSwap(device)))
        {
            Set(entries, $"ephemeral{number++}", ephemeral.DeviceName);
        }
    }

    static bool IsVolume(BlockDevice device) => device.DestinationType == "volume";

    static bool IsSwap(BlockDevice device) => device.GuestFormat == "swap";

    /// <summary>A name that is there already keeps its place.</summary>
    static void Set(ImmutableArray<Ec2Entry>.Builder entries, string name, string? device)
    {
        var entry = new Ec2Entry(name, Ec2Value.Of(device));
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Name == name)
            {
                entries[i] = entry;
                return;
            }
        }
        entries.Add(entry);
    }
}
