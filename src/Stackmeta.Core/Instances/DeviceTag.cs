using System.Collections.Immutable;

namespace Stackmeta.Core.Instances;

/// <summary>
/// A device that a guest can find by tag (spec/nova-metadata.md §2.1). The sources leave out classes that no version shows;
/// which of these a version shows is the renderer's decision.
/// </summary>
public abstract record DeviceTag
{
    /// <summary>Where the device sits; null when the stored object has no bus (shown as <c>none</c>).</summary>
    public DeviceBus? Bus { get; init; }

    /// <summary>Tags of the device; default (uninitialised) when the stored object has no such field.</summary>
    public ImmutableArray<string> Tags { get; init; }
}

/// <summary>A network interface.</summary>
/// <param name="MacAddress">As stored.</param>
/// <param name="Vlan">Shown from 2017-02-22 on; null when not set.</param>
/// <param name="Trusted">Whether the virtual function is trusted; null when not set.</param>
public sealed record NetworkInterfaceTag(string? MacAddress, int? Vlan, bool? Trusted) : DeviceTag;

/// <summary>A disk. Serial and path may each be set to null, which is shown, or not set, which is not.</summary>
public sealed record DiskTag(Settable Serial, Settable Path) : DeviceTag;

/// <summary>A share of a file system, shown from 2025-04-04 on.</summary>
public sealed record ShareTag(string? ShareId, string? Tag) : DeviceTag;

/// <summary>A text field of a stored object that may be absent, null or a value; the three are shown differently.</summary>
public readonly record struct Settable(bool IsSet, string? Value)
{
    public static implicit operator Settable(string? value) => new(IsSet: true, value);
}

/// <summary>A bus and the address of a device on it.</summary>
/// <param name="Type"><c>pci</c>, <c>usb</c>, <c>scsi</c>, <c>ide</c>, <c>xen</c>, or null for a bus of another class, whose device is not
/// shown.</param>
/// <param name="Address">Null is shown as <c>none</c>.</param>
public sealed record DeviceBus(string? Type, string? Address);
