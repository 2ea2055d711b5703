using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary><c>devices</c> of meta_data.json (spec/nova-metadata.md §2.1).</summary>
static class DevicesJson
{
    public static void Write(ref PythonJsonWriter json, ImmutableArray<DeviceTag> devices, int version)
    {
        json.BeginArray();
        foreach (var device in devices.IsDefault ? [] : devices)
        {
            if (IsShown(device, version))
            {
                WriteDevice(ref json, device, version);
            }
        }
        json.EndArray();
    }

    static bool IsShown(DeviceTag device, int version) =>
        // A bus of a class without a name hides its device.
        device.Bus
            is not { Type: null }
        && device switch
        {
            // An interface with nothing to tell is left out.
            NetworkInterfaceTag nic => version >= OpenStackVersions.Rocky
                || !nic.Tags.IsDefault
                || (version >= OpenStackVersions.Ocata && nic.Vlan is not null),
            DiskTag => true,
            ShareTag => version >= OpenStackVersions.Epoxy,
            _ => false,
        };

    static void WriteDevice(ref PythonJsonWriter json, DeviceTag device, int version)
    {
        json.BeginObject();
        switch (device)
        {
            case NetworkInterfaceTag nic:
                WriteInterface(ref json, nic, version);
                break;
            case DiskTag disk:
                WriteDisk(ref json, disk);
                break;
            case ShareTag share:
                WriteShare(ref json, share);
                break;
        }
        json.Name("bus"u8);
        json.Text(device.Bus?.Type ?? "none");
        json.Name("address"u8);
        json.Text(device.Bus?.Address ?? "none");
        WriteTags(ref json, device.Tags);
        json.EndObject();
    }

    static void WriteInterface(ref PythonJsonWriter json, NetworkInterfaceTag nic, int version)
    {
        if (version >= OpenStackVersions.Ocata && nic.Vlan is { } vlan)
        {
            json.Name("vlan"u8);
            json.Number(vlan);
        }
        if (version >= OpenStackVersions.Rocky)
        {
            json.Name("vf_trusted"u8);
            json.Boolean(nic.Trusted ?? false);
        }
        json.Name("type"u8);
        json.Text("nic"u8);
        json.Name("mac"u8);
        json.Text(nic.MacAddress);
    }

    static void WriteDisk(ref PythonJsonWriter json, DiskTag disk)
    {
        json.Name("type"u8);
        json.Text("disk"u8);
        if (disk.Serial.IsSet)
        {
            json.Name("serial"u8);
            json.Text(disk.Serial.Value);
        }
        if (disk.Path.IsSet)
        {
            json.Name("path"u8);
            json.Text(disk.Path.Value);
        }
    }

    static void WriteShare(ref PythonJsonWriter json, ShareTag share)
    {
        json.Name("type"u8);
        json.Text("share"u8);
        json.Name("share_id"u8);
        json.Text(share.ShareId);
        json.Name("tag"u8);
        json.Text(share.Tag);
    }

    static void WriteTags(ref PythonJsonWriter json, ImmutableArray<string> tags)
    {
        if (tags.IsDefault)
        {
            return;
        }
        json.Name("tags"u8);
        json.BeginArray();
        foreach (var tag in tags)
        {
            json.Text(tag);
        }
        json.EndArray();
    }
}
