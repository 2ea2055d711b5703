using System.Collections.Immutable;
using System.Text.Json;
using Stackmeta.Core.Instances;

namespace Stackmeta.OpenStack;

/// <summary>The columns of <c>instance_extra</c>. Each method returns false when the text is broken, never throws.</summary>
static class InstanceObjects
{
    // From this version on an InstanceNUMACell says itself which CPUs are pinned; before it the policy of the cell says.
    static readonly Version CellWithPinnedSet = new(1, 5);

    /// <summary>Name of the current flavor; null and false when there is none.</summary>
    public static bool TryReadFlavor(string? text, out string? name)
    {
        string? found = null;
        var read = TryRead(text, root => found = new VersionedObject(root.Member("cur"))["name"].Text());
        name = found;
        return read && found is not null;
    }

    /// <summary>The first key pair; null when the column is null or the list empty.</summary>
    public static bool TryReadKeyPair(string? text, out KeyPair? keyPair)
    {
        KeyPair? found = null;
        var read =
            text is null
            || TryRead(
                text,
                root =>
                {
                    var list = new VersionedObject(root);
                    Require(list.ClassName is not null);
                    foreach (var item in list["objects"].Items())
                    {
                        var pair = new VersionedObject(item);
                        found = new(Needed(pair["name"]), pair["type"].Text() ?? "ssh", Needed(pair["public_key"]));
                        break;
                    }
                }
            );
        keyPair = read ? found : null;
        return read;
    }

    /// <summary>The devices that some version of meta_data.json shows; none when the column is null.</summary>
    public static bool TryReadDevices(string? text, out ImmutableArray<DeviceTag> devices)
    {
        var found = ImmutableArray.CreateBuilder<DeviceTag>();
        var read =
            text is null
            || TryRead(
                text,
                root =>
                {
                    var list = new VersionedObject(root);
                    Require(list.ClassName is not null);
                    found.AddRange(list["devices"].Items().Select(Device).OfType<DeviceTag>());
                }
            );
        devices = read ? found.ToImmutable() : [];
        return read;
    }

    /// <summary>Guest CPU numbers that are pinned to host CPUs, sorted; none when the column is null.</summary>
    public static bool TryReadDedicatedCpus(string? text, out ImmutableArray<int> cpus)
    {
        var found = new SortedSet<int>();
        var read =
            text is null
            || TryRead(
                text,
                root =>
                {
                    var topology = new VersionedObject(root);
                    // Before Liberty the column held a plain object, which knew no pinning.
                    foreach (var cell in topology["cells"].Items())
                    {
                        found.UnionWith(PinnedCpus(new(cell)));
                    }
                }
            );
        cpus = read ? [.. found] : [];
        return read;
    }

    static IEnumerable<int> PinnedCpus(VersionedObject cell)
    {
        var pinned = cell["pcpuset"];
        if (pinned.ValueKind != JsonValueKind.Array && !cell.IsAtLeast(CellWithPinnedSet))
        {
            pinned = cell["cpu_policy"].Text() == "dedicated" ? cell["cpuset"] : default;
        }
        return pinned.Items().Select(cpu => cpu.Number() ?? throw new FormatException());
    }

    static DeviceTag? Device(JsonElement element)
    {
        var device = new VersionedObject(element);
        DeviceTag? tag = device.ClassName switch
        {
            "NetworkInterfaceMetadata" => new NetworkInterfaceTag(
                device["mac"].Text(),
                device["vlan"].Number(),
                device["vf_trusted"].Flag()
            ),
            "DiskMetadata" => new DiskTag(Settable(device["serial"]), Settable(device["path"])),
            "ShareMetadata" => new ShareTag(device["share_id"].Text(), device["tag"].Text()),
            _ => null,
        };
        return tag is null
            ? null
            : tag with
            {
                Bus = Bus(new(device["bus"]), device["bus"]),
                Tags = Tags(device["tags"]),
            };
    }

    static DeviceBus? Bus(VersionedObject bus, JsonElement element) =>
        element.ValueKind != JsonValueKind.Object
            ? null
            : new(
                bus.ClassName switch
                {
                    "PCIDeviceBus" => "pci",
                    "USBDeviceBus" => "usb",
                    "SCSIDeviceBus" => "scsi",
                    "IDEDeviceBus" => "ide",
                    "XenDeviceBus" => "xen",
                    _ => null,
                },
                bus["address"].Text()
            );

    static ImmutableArray<string> Tags(JsonElement tags) =>
        tags.ValueKind == JsonValueKind.Array ? [.. tags.Items().Select(Needed)] : default;

    static Settable Settable(JsonElement field) =>
        field.ValueKind == JsonValueKind.Undefined ? default : new(IsSet: true, field.Text());

    static bool TryRead(string? text, Action<JsonElement> read)
    {
        if (!JsonText.TryParse(text, out var document))
        {
            return false;
        }
        using (document)
        {
            try
            {
                Require(document.RootElement.ValueKind == JsonValueKind.Object);
                read(document.RootElement);
                return true;
            }
            catch (Exception error) when (error is FormatException or InvalidOperationException)
            {
                return false;
            }
        }
    }

    static string Needed(JsonElement field) => field.Text() ?? throw new FormatException();

    static void Require(bool holds)
    {
        if (!holds)
        {
            throw new FormatException();
        }
    }
}
