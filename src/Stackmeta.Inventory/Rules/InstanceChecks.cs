using System.Collections.Immutable;
using System.Security.Cryptography;
using Stackmeta.Core.Instances;
using Stackmeta.Documents;

namespace Stackmeta.Inventory;

/// <summary>What an instance's own values may be, and what those that were left out become.</summary>
static class InstanceChecks
{
    static readonly ImmutableArray<string> KeyTypes = ["ssh", "x509"];
    static readonly ImmutableArray<string> DeviceTypes = ["nic", "disk", "share"];
    static readonly ImmutableArray<string> BusTypes = ["pci", "usb", "scsi", "ide", "xen"];

    public static InstanceEntry CheckAndComplete(InstanceEntry entry, Objections objections)
    {
        entry = entry with
        {
            Hostname =
                entry.Hostname.Length > 0
                    ? entry.Hostname
                    : HostnameRules.FromName(entry.Name, fallback: $"server-{entry.Id}"),
            ProjectId = entry.ProjectId.Length > 0 ? entry.ProjectId : Projects.Default,
            ReservationId = entry.ReservationId.Length > 0 ? entry.ReservationId : NewReservationId(),
        };
        InstanceTable.Fields.CheckForms(entry, objections);
        objections.CheckHostname("hostname", entry.Hostname);
        if (entry.LaunchIndex < 0)
        {
            objections.Invalid("launch_index", $"{entry.LaunchIndex} is below 0");
        }
        CheckLines(entry, objections);
        CheckUserData(entry, objections);
        CheckMetadata(entry.Metadata, objections);
        CheckEc2Numbers(entry.Ec2Ids, objections);
        CheckDevices(entry, objections);
        objections.CheckText("password", entry.Password, Limits.PasswordCharacters);
        entry = TakeKeyPair(entry, objections);
        return entry with { DedicatedCpus = TakeCpus(entry.DedicatedCpus, objections) };
    }

    static void CheckLines(InstanceEntry entry, Objections objections)
    {
        for (var i = 0; i < entry.SecurityGroups.Length; i++)
        {
            objections.CheckLine($"security_groups[{i}]", entry.SecurityGroups[i]);
        }
        for (var i = 0; i < entry.BlockDevices.Length; i++)
        {
            var path = $"block_devices[{i}]";
            var device = entry.BlockDevices[i];
            objections.CheckLine($"{path}.source_type", device.SourceType);
            objections.CheckLine($"{path}.destination_type", device.DestinationType);
            objections.CheckLine($"{path}.guest_format", device.GuestFormat);
            objections.CheckLine($"{path}.device_name", device.DeviceName);
        }
    }

    static void CheckUserData(InstanceEntry entry, Objections objections)
    {
        if (entry.UserData?.Length > Limits.UserDataBytes)
        {
            objections.Invalid(
                "user_data",
                $"is {entry.UserData.Value.Length} bytes long; at most {Limits.UserDataBytes} are taken, which are 65535 in base64"
            );
        }
    }

    static void CheckMetadata(ImmutableArray<MetadataItem> metadata, Objections objections)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in metadata)
        {
            var path = $"metadata.{key}";
            if (key.Length == 0)
            {
                objections.Invalid("metadata", "has an empty key");
            }
            objections.CheckLine("metadata", key, Limits.MetadataCharacters);
            objections.CheckText(path, value, Limits.MetadataCharacters);
            if (!keys.Add(key))
            {
                objections.Invalid(path, "stands twice");
            }
        }
    }

    static void CheckEc2Numbers(Ec2IdsEntry? ids, Objections objections)
    {
        Check("ec2_ids.instance", ids?.Instance);
        Check("ec2_ids.image", ids?.Image);
        Check("ec2_ids.kernel", ids?.Kernel);
        Check("ec2_ids.ramdisk", ids?.Ramdisk);

        void Check(string path, long? number)
        {
            if (number is < 1 or > Limits.Ec2Number)
            {
                objections.Invalid(path, $"{number} is not between 1 and {Limits.Ec2Number}");
            }
        }
    }

    static void CheckDevices(InstanceEntry entry, Objections objections)
    {
        for (var i = 0; i < entry.Devices.Length; i++)
        {
            var path = $"devices[{i}]";
            var device = entry.Devices[i];
            if (!DeviceTypes.Contains(device.Type))
            {
                objections.Invalid(
                    $"{path}.type",
                    $"{TextRules.Quote(device.Type)} is none of {string.Join(", ", DeviceTypes)}"
                );
            }
            if (device.Bus is not null && !BusTypes.Contains(device.Bus))
            {
                objections.Invalid(
                    $"{path}.bus",
                    $"{TextRules.Quote(device.Bus)} is none of {string.Join(", ", BusTypes)}"
                );
            }
            objections.CheckLine($"{path}.mac", device.Mac);
            objections.CheckLine($"{path}.serial", device.Serial.Value);
            objections.CheckLine($"{path}.path", device.Path.Value);
            objections.CheckLine($"{path}.share_id", device.ShareId);
            objections.CheckLine($"{path}.tag", device.Tag);
            objections.CheckLine($"{path}.address", device.Address);
            foreach (var tag in device.Tags ?? [])
            {
                objections.CheckLine($"{path}.tags", tag);
            }
        }
    }

    static InstanceEntry TakeKeyPair(InstanceEntry entry, Objections objections)
    {
        if (entry.KeyPair is { } pair)
        {
            entry = entry with { KeyName = entry.KeyName ?? pair.Name, KeyData = entry.KeyData ?? pair.PublicKey };
        }
        else if (entry is { KeyName.Length: > 0, KeyData: { } data })
        {
            entry = entry with { KeyPair = new KeyPair(entry.KeyName, "ssh", data) };
        }
        else if (entry.KeyName is { Length: > 0 })
        {
            objections.Invalid("key_name", "names a key pair, but there is no key_data or key_pair");
        }
        objections.CheckLine("key_name", entry.KeyName);
        objections.CheckText("key_data", entry.KeyData ?? "", Limits.PublicKeyBytes);
        CheckPublic("key_data", entry.KeyData, objections);
        if (entry.KeyPair is { } taken)
        {
            objections.CheckLine("key_pair.name", taken.Name);
            objections.CheckText("key_pair.public_key", taken.PublicKey, Limits.PublicKeyBytes);
            CheckPublic("key_pair.public_key", taken.PublicKey, objections);
            if (!KeyTypes.Contains(taken.Type))
            {
                objections.Invalid(
                    "key_pair.type",
                    $"{TextRules.Quote(taken.Type)} is none of {string.Join(", ", KeyTypes)}"
                );
            }
        }
        return entry;
    }

    static void CheckPublic(string path, string? text, Objections objections)
    {
        if (text is not null && PublicKeyText.FindForeign(text) is { } foreign)
        {
            objections.Invalid(path, foreign);
        }
    }

    static ImmutableArray<int> TakeCpus(ImmutableArray<int> cpus, Objections objections)
    {
        if (cpus.Any(cpu => cpu < 0))
        {
            objections.Invalid("dedicated_cpus", $"{cpus.Min()} is no number of a CPU");
        }
        var sorted = cpus.Sort();
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i] == sorted[i - 1])
            {
                objections.Invalid("dedicated_cpus", $"CPU {sorted[i]} stands twice");
            }
        }
        return sorted;
    }

    /// <summary>Nova's form: <c>r-</c> and eight lower-case letters or digits.</summary>
    static string NewReservationId() =>
        "r-" + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8);
}
