using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>meta_data.json (spec/nova-metadata.md §2).</summary>
static class MetaDataJson
{
    // 512 random bytes are 684 characters of base64.
    const int SeedBytes = 512;

    /// <summary>What the instance lacks of what this version shows.</summary>
    public static Refusal Check(Instance instance, int version, string domainSuffix)
    {
        var lacks =
            (instance.Hostname is null && domainSuffix.Length > 0)
            || (instance.IsUnreadable(InstanceParts.KeyPair) && !string.IsNullOrEmpty(instance.KeyName))
            || (instance.IsUnreadable(InstanceParts.Devices) && version >= OpenStackVersions.NewtonOne)
            || (instance.IsUnreadable(InstanceParts.DedicatedCpus) && version >= OpenStackVersions.Victoria);
        return lacks ? Refusal.PartUnreadable : Refusal.None;
    }

    /// <summary>Writes the document of an instance that <see cref="Check"/> found fit.</summary>
    public static void Write(
        ref PythonJsonWriter json,
        Instance instance,
        int version,
        DocumentRenderer renderer,
        in DriveMetaData drive
    )
    {
        json.BeginObject();
        json.Name("uuid"u8);
        json.Text(instance.Uuid);
        WriteMetadata(ref json, instance.Metadata);
        drive.Write(ref json);
        if (renderer.HasInjectedNetwork(instance))
        {
            json.Name("network_config"u8);
            json.Raw("{\"name\": \"network_config\", \"content_path\": \"/content/0000\"}"u8);
        }
        WriteKeyPair(ref json, instance, renderer.IsKeyPerLine);
        json.Name("hostname"u8);
        WriteHostname(ref json, instance, renderer.DomainSuffix);
        json.Name("name"u8);
        json.Text(instance.DisplayName);
        json.Name("launch_index"u8);
        json.Number(instance.LaunchIndex);
        json.Name("availability_zone"u8);
        json.Text(instance.AvailabilityZone);
        if (version >= OpenStackVersions.Grizzly)
        {
            json.Name("random_seed"u8);
            WriteRandomSeed(ref json);
        }
        if (version >= OpenStackVersions.Liberty)
        {
            json.Name("project_id"u8);
            json.Text(instance.ProjectId);
        }
        if (version >= OpenStackVersions.NewtonOne)
        {
            json.Name("devices"u8);
            DevicesJson.Write(ref json, instance.Devices, version);
        }
        if (version >= OpenStackVersions.Victoria)
        {
            json.Name("dedicated_cpus"u8);
            WriteDedicatedCpus(ref json, instance.DedicatedCpus);
        }
        json.EndObject();
    }

    static void WriteMetadata(ref PythonJsonWriter json, ImmutableArray<MetadataItem> items)
    {
        if (items.IsDefaultOrEmpty)
        {
            return;
        }
        json.Name("meta"u8);
        json.BeginObject();
        foreach (var item in items)
        {
            json.Name(item.Key);
            json.Text(item.Value);
        }
        json.EndObject();
    }

    static void WriteKeyPair(ref PythonJsonWriter json, Instance instance, bool isKeyPerLine)
    {
        if (string.IsNullOrEmpty(instance.KeyName) || instance.KeyPair is not { } pair)
        {
            return;
        }
        var whole = pair.PublicKey;
        ReadOnlySpan<string> keys = KeyLines.AreSeveral(whole, pair, isKeyPerLine)
            ? KeyLines.Of(whole)
            : new ReadOnlySpan<string>(in whole);
        json.Name("public_keys"u8);
        json.BeginObject();
        for (var i = 0; i < keys.Length; i++)
        {
            json.Name(KeyLines.NameOf(pair, i));
            json.Text(keys[i]);
        }
        json.EndObject();
        json.Name("keys"u8);
        json.BeginArray();
        for (var i = 0; i < keys.Length; i++)
        {
            json.BeginObject();
            json.Name("name"u8);
            json.Text(KeyLines.NameOf(pair, i));
            json.Name("type"u8);
            json.Text(pair.Type);
            json.Name("data"u8);
            json.Text(keys[i]);
            json.EndObject();
        }
        json.EndArray();
    }

    static void WriteHostname(ref PythonJsonWriter json, Instance instance, string domainSuffix)
    {
        if (instance.Hostname is { } hostname)
        {
            json.Text(hostname, domainSuffix);
        }
        else
        {
            json.Null();
        }
    }

    static void WriteRandomSeed(ref PythonJsonWriter json)
    {
        Span<byte> seed = stackalloc byte[SeedBytes];
        RandomNumberGenerator.Fill(seed);
        Base64.EncodeToUtf8(seed, json.ReserveString(Base64.GetMaxEncodedToUtf8Length(SeedBytes)), out _, out _);
    }

    static void WriteDedicatedCpus(ref PythonJsonWriter json, ImmutableArray<int> cpus)
    {
        json.BeginArray();
        foreach (var cpu in cpus.IsDefault ? [] : cpus)
        {
            json.Number(cpu);
        }
        json.EndArray();
    }
}
