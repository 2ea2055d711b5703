using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory;

/// <summary>A tagged or special device, in the words of <c>devices</c> in meta_data.json.</summary>
public sealed record DeviceEntry
{
    /// <summary><c>nic</c>, <c>disk</c> or <c>share</c>.</summary>
    public string Type
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Of a nic.</summary>
    public string? Mac { get; init; }

    /// <summary>Of a nic.</summary>
    public int? Vlan { get; init; }

    /// <summary>Of a nic.</summary>
    public bool? VfTrusted { get; init; }

    /// <summary>Of a disk. Null is shown, absence is not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Settable Serial { get; init; }

    /// <summary>Of a disk. Null is shown, absence is not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Settable Path { get; init; }

    /// <summary>Of a share.</summary>
    public string? ShareId { get; init; }

    /// <summary>Of a share.</summary>
    public string? Tag { get; init; }

    /// <summary><c>pci</c>, <c>usb</c>, <c>scsi</c>, <c>ide</c> or <c>xen</c>; null for a device without a bus.</summary>
    public string? Bus { get; init; }

    /// <summary>The address on the bus.</summary>
    public string? Address { get; init; }

    /// <summary>Null when the device has no list of tags at all.</summary>
    public ImmutableArray<string>? Tags { get; init; }

    /// <summary>The device as an instance record holds it.</summary>
    /// <exception cref="InvalidOperationException">The type is none of the three; entries that the inventory took are.</exception>
    public DeviceTag ToDeviceTag()
    {
        DeviceTag device = Type switch
        {
            "nic" => new NetworkInterfaceTag(Mac, Vlan, VfTrusted),
            "disk" => new DiskTag(Serial, Path),
            "share" => new ShareTag(ShareId, Tag),
            _ => throw new InvalidOperationException($"'{Type}' is not a type of device."),
        };
        return device with { Bus = Bus is null ? null : new DeviceBus(Bus, Address), Tags = Tags ?? default };
    }
}
