using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>The files of a config drive (spec/nova-metadata.md §9.1, §9.2): the same documents as over HTTP, fixed at one moment.</summary>
public static class ConfigDriveFiles
{
    /// <summary>Renders all files, in the order in which Nova writes them; the personality files are the last.</summary>
    /// <param name="renderer">Writes the documents; its options hold here too.</param>
    /// <param name="instance">With the network interfaces as they are at this moment.</param>
    /// <param name="content">What comes on top.</param>
    /// <param name="context">
    /// Vendor data and security groups, as for HTTP. Without a static vendor data provider no vendor_data.json is written. The
    /// caller's address is not used.
    /// </param>
    /// <param name="files">Empty when refused.</param>
    /// <returns><see cref="Refusal.None"/>, or why a file could not be rendered: then there are none, since a drive is never
    /// written again.</returns>
    public static Refusal Render(
        DocumentRenderer renderer,
        Instance instance,
        ConfigDriveContent content,
        in RenderContext context,
        out ImmutableArray<ConfigDriveFile> files
    )
    {
        var collection = new ConfigDriveCollection(renderer, instance, content, context with { ClientAddress = null });
        var refusal = collection.Collect();
        files = refusal == Refusal.None ? collection.Files : [];
        return refusal;
    }
}

/// <summary>The rendering of one drive.</summary>
sealed class ConfigDriveCollection(
    DocumentRenderer renderer,
    Instance instance,
    ConfigDriveContent content,
    RenderContext context
)
{
    readonly ImmutableArray<ConfigDriveFile>.Builder _files = ImmutableArray.CreateBuilder<ConfigDriveFile>();
    readonly bool _hasInjectedNetwork = renderer.HasInjectedNetwork(instance);

    // Set with the first refusal, after which nothing more is rendered.
    Refusal _refusal;

    delegate Refusal Rendering(IBufferWriter<byte> output);

    public ImmutableArray<ConfigDriveFile> Files => _files.ToImmutable();

    public Refusal Collect()
    {
        CollectEc2();
        CollectOpenStack();
        CollectContents();
        return _refusal;
    }

    void CollectEc2()
    {
        for (var version = 0; version < Ec2Versions.Names.Length; version++)
        {
            var name = Ec2Versions.Names[version];
            if (content.SkippedVersions.Contains(name))
            {
                continue;
            }
            AddUserData($"ec2/{name}/user-data");
            var written = version;
            Add(
                $"ec2/{name}/meta-data.json",
                output =>
                    Ec2Json.Render(
                        instance,
                        written,
                        new(context, renderer.DomainSuffix, renderer.IsKeyPerLine),
                        output
                    )
            );
        }
    }

    void CollectOpenStack()
    {
        var newest = OpenStackVersions.NewestOf(renderer.Compatibility);
        for (var version = 0; version <= newest; version++)
        {
            CollectOpenStackVersion(OpenStackVersions.Names[version], version);
        }
        CollectOpenStackVersion(OpenStackVersions.Names[OpenStackVersions.Latest], newest);
    }

    void CollectOpenStackVersion(string name, int version)
    {
        var directory = $"openstack/{name}";
        Add($"{directory}/meta_data.json", output => renderer.RenderMetaData(instance, version, OwnMetaData(), output));
        AddUserData($"{directory}/user_data");
        if (version >= OpenStackVersions.Havana && context.StaticVendorData is not null)
        {
            Add($"{directory}/vendor_data.json", output => DocumentRenderer.RenderVendorData(context, output));
        }
        if (version >= OpenStackVersions.Liberty)
        {
            Add($"{directory}/network_data.json", output => renderer.RenderNetworkData(instance, output));
        }
        if (version >= OpenStackVersions.NewtonTwo)
        {
            Add($"{directory}/vendor_data2.json", output => DocumentRenderer.RenderVendorData2(context, output));
        }
    }

    void CollectContents()
    {
        if (_hasInjectedNetwork)
        {
            Add(
                $"openstack/content/{InjectedNetwork.ContentName}",
                output => renderer.RenderInjectedNetwork(instance, output)
            );
        }
        var number = FirstPersonality;
        foreach (var file in content.PersonalityFiles)
        {
            var name = number++.ToString("d4", CultureInfo.InvariantCulture);
            _files.Add(new($"openstack/content/{name}", file.Content));
        }
    }

    int FirstPersonality => _hasInjectedNetwork ? 1 : 0;

    DriveMetaData OwnMetaData()
    {
        var extra = content.ExtraMetaData;
        if (content.AdminPassword is { } password)
        {
            var output = new ArrayBufferWriter<byte>();
            var json = new PythonJsonWriter(output);
            json.Text(password);
            json.Flush();
            extra = extra.Insert(0, new("admin_pass", output.WrittenMemory));
        }
        return new([.. content.PersonalityFiles.Select(file => file.Path)], FirstPersonality, extra);
    }

    void AddUserData(string path)
    {
        if (instance.HasUserData)
        {
            Add(path, output => DocumentRenderer.RenderUserData(instance, output));
        }
    }

    void Add(string path, Rendering render)
    {
        if (_refusal != Refusal.None)
        {
            return;
        }
        var output = new ArrayBufferWriter<byte>();
        _refusal = render(output);
        _files.Add(new(path, output.WrittenMemory));
    }
}
