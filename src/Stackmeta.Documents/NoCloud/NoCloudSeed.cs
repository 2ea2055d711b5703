using System.Collections.Immutable;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>A file of a NoCloud seed.</summary>
/// <param name="Name">As it is called in the root of the volume labelled <c>cidata</c>.</param>
public readonly record struct NoCloudFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>
/// What an instance is told in cloud-init's NoCloud format, for guests that know no OpenStack: the same name, keys, user data,
/// vendor data and network as the OpenStack tree tells (spec/guest-clients.md §2.4; cloud-init's documentation, "NoCloud").
/// </summary>
public static class NoCloudSeed
{
    /// <summary>Renders the seed.</summary>
    /// <param name="instance">Whose.</param>
    /// <param name="context">Its static vendor data are taken; a seed has no dynamic ones.</param>
    /// <param name="options">The domain of host names.</param>
    /// <param name="files">
    /// <c>meta-data</c> and <c>user-data</c>, which cloud-init wants both, even if empty; <c>vendor-data</c> and
    /// <c>network-config</c> if there is something to say. Empty when refused.
    /// </param>
    /// <returns><see cref="Refusal.None"/> or <see cref="Refusal.PartUnreadable"/>.</returns>
    public static Refusal Render(
        Instance instance,
        in RenderContext context,
        DocumentOptions options,
        out ImmutableArray<NoCloudFile> files
    )
    {
        files = [];
        const InstanceParts Needed = InstanceParts.UserData | InstanceParts.NetworkInterfaces;
        if (
            instance.Hostname is null
            || (instance.Unreadable & Needed) != InstanceParts.None
            || (instance.Unreadable.HasFlag(InstanceParts.KeyPair) && !string.IsNullOrEmpty(instance.KeyName))
            || !NoCloudNetworkConfig.IsReadable(instance.NetworkInterfaces)
        )
        {
            return Refusal.PartUnreadable;
        }
        var rendered = ImmutableArray.CreateBuilder<NoCloudFile>();
        rendered.Add(new("meta-data", MetaData(instance, options)));
        rendered.Add(new("user-data", instance.UserData ?? default));
        if (NoCloudVendorData.From(context.StaticVendorData) is { } vendorData)
        {
            rendered.Add(new("vendor-data", vendorData));
        }
        if (NoCloudNetworkConfig.Render(instance.NetworkInterfaces) is { } network)
        {
            rendered.Add(new("network-config", network));
        }
        files = rendered.DrainToImmutable();
        return Refusal.None;
    }

    static byte[] MetaData(Instance instance, DocumentOptions options)
    {
        var yaml = new YamlText();
        yaml.Pair(0, "instance-id", instance.Uuid);
        var domain = options.DhcpDomain.Length == 0 ? "" : "." + options.DhcpDomain;
        yaml.Pair(0, "local-hostname", instance.Hostname + domain);
        if (instance.AvailabilityZone is { } zone)
        {
            yaml.Pair(0, "availability-zone", zone);
        }
        if (instance is { KeyName.Length: > 0, KeyPair: { Type: "ssh" } key })
        {
            yaml.Key(0, "public-keys");
            foreach (
                var line in KeyLines.AreSeveral(key.PublicKey, key, options.IsKeyPerLine)
                    ? KeyLines.Of(key.PublicKey)
                    : [key.PublicKey.Trim()]
            )
            {
                yaml.Item(1, line);
            }
        }
        return yaml.ToUtf8();
    }
}
