using System.Buffers;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>Writes documents of an instance as Nova does, byte for byte. Pure but for the injected clock and random bytes.</summary>
public sealed class DocumentRenderer(DocumentOptions options, TimeProvider time)
{
    /// <summary>What follows host names.</summary>
    internal bool IsKeyPerLine => options.IsKeyPerLine;

    internal string DomainSuffix { get; } = options.DhcpDomain.Length == 0 ? "" : "." + options.DhcpDomain;

    internal Compatibility Compatibility => options.Compatibility;

    /// <summary>
    /// As <see cref="MetadataDocument.Resolve"/>, of the release that is imitated: below a version that it does not know there is no leaf
    /// either.
    /// </summary>
    public Refusal Resolve(ReadOnlySpan<char> target, out MetadataDocument document)
    {
        var refusal = MetadataDocument.Resolve(target, out document);
        return refusal == Refusal.PathBelowLeaf && !TryGetVersion(document, out _) ? Refusal.PathNotFound : refusal;
    }

    /// <summary>Writes a document.</summary>
    /// <param name="document">What <see cref="Resolve"/> found; any kind but <see cref="DocumentKind.None"/>.</param>
    /// <param name="instance">Whose; null only for <see cref="DocumentKind.Root"/> and <see cref="DocumentKind.Ec2Versions"/>.</param>
    /// <param name="context">What the instance record does not hold.</param>
    /// <param name="output">Where the bytes go; nothing is written when refused.</param>
    /// <param name="contentType">The Content-Type of the answer, one of <see cref="ContentTypes"/>; of no meaning when refused.</param>
    /// <returns><see cref="Refusal.None"/>, <see cref="Refusal.PathNotFound"/>, <see cref="Refusal.PathBelowLeaf"/>,
    /// <see cref="Refusal.UserDataAbsent"/>,
    /// <see cref="Refusal.PartUnreadable"/>, <see cref="Refusal.SecurityGroupsUnavailable"/> or
    /// <see cref="Refusal.VendorDataUnavailable"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">For <see cref="DocumentKind.None"/>.</exception>
    /// <exception cref="ArgumentNullException">For an instance that is null where one is needed.</exception>
    public Refusal Render(
        in MetadataDocument document,
        Instance? instance,
        in RenderContext context,
        IBufferWriter<byte> output,
        out string contentType
    )
    {
        contentType = ContentTypes.Text;
        if (document.Kind is DocumentKind.Root or DocumentKind.Ec2Versions)
        {
            output.Write(Ec2Versions.List);
            return Refusal.None;
        }
        ArgumentNullException.ThrowIfNull(instance);
        if (document.Kind is DocumentKind.Ec2)
        {
            return Ec2Document.Render(document, instance, new(context, DomainSuffix, IsKeyPerLine), output);
        }
        if (!TryGetVersion(document, out var version))
        {
            return Refusal.PathNotFound;
        }
        switch (document.Kind)
        {
            case DocumentKind.OpenStackVersions:
                return RenderVersions(output);
            case DocumentKind.OpenStackFiles:
                return RenderFiles(instance, version, output);
            case DocumentKind.MetaData:
                contentType = ContentTypes.Json;
                return RenderMetaData(instance, version, default, output);
            case DocumentKind.UserData:
                return RenderUserData(instance, output);
            case DocumentKind.Password:
                contentType = ContentTypes.Html;
                return RenderPassword(instance, output);
            case DocumentKind.VendorData:
                contentType = ContentTypes.Json;
                return RenderVendorData(context, output);
            case DocumentKind.NetworkData:
                return RenderNetworkData(instance, output);
            case DocumentKind.VendorData2:
                contentType = ContentTypes.Json;
                return RenderVendorData2(context, output);
            case DocumentKind.Content:
                return document.Path == InjectedNetwork.ContentName
                    ? RenderInjectedNetwork(instance, output)
                    : Refusal.PathNotFound;
            default:
                throw new ArgumentOutOfRangeException(nameof(document), document.Kind, "Not a document.");
        }
    }

    /// <summary>Writes user data as it is.</summary>
    internal static Refusal RenderUserData(Instance instance, IBufferWriter<byte> output)
    {
        if (instance.IsUnreadable(InstanceParts.UserData))
        {
            return Refusal.PartUnreadable;
        }
        if (instance.UserData is not { } userData)
        {
            return Refusal.UserDataAbsent;
        }
        output.Write(userData.Span);
        return Refusal.None;
    }

    internal Refusal RenderMetaData(Instance instance, int version, in DriveMetaData drive, IBufferWriter<byte> output)
    {
        var refusal = MetaDataJson.Check(instance, version, DomainSuffix);
        if (refusal == Refusal.None)
        {
            var json = new PythonJsonWriter(output);
            MetaDataJson.Write(ref json, instance, version, this, drive);
            json.Flush();
        }
        return refusal;
    }

    internal Refusal RenderNetworkData(Instance instance, IBufferWriter<byte> output)
    {
        var refusal = NetworkDataJson.Check(instance, options.Compatibility);
        if (refusal == Refusal.None)
        {
            var json = new PythonJsonWriter(output);
            NetworkDataJson.Write(ref json, instance.NetworkInterfaces, options.Compatibility);
            json.Flush();
        }
        return refusal;
    }

    internal Refusal RenderInjectedNetwork(Instance instance, IBufferWriter<byte> output)
    {
        if (instance.IsUnreadable(InstanceParts.NetworkInterfaces))
        {
            return Refusal.PartUnreadable;
        }
        if (!HasInjectedNetwork(instance))
        {
            return Refusal.PathNotFound;
        }
        var refusal = InjectedNetwork.Collect(instance, out var interfaces);
        if (refusal == Refusal.None)
        {
            options.NetworkTemplate!.Render(interfaces, output);
        }
        return refusal;
    }

    internal bool HasInjectedNetwork(Instance instance) =>
        options.NetworkTemplate is not null && InjectedNetwork.Exists(instance);

    internal static Refusal RenderVendorData(in RenderContext context, IBufferWriter<byte> output)
    {
        if (context.StaticVendorData is not { } json)
        {
            return Refusal.PathNotFound;
        }
        output.Write(json.Span);
        return Refusal.None;
    }

    internal static Refusal RenderVendorData2(in RenderContext context, IBufferWriter<byte> output)
    {
        if (context.VendorData2.IsDefault)
        {
            return Refusal.VendorDataUnavailable;
        }
        var json = new PythonJsonWriter(output);
        json.BeginObject();
        foreach (var entry in context.VendorData2)
        {
            json.Name(entry.Name);
            json.Raw(entry.Json.Span);
        }
        json.EndObject();
        json.Flush();
        return Refusal.None;
    }

    Refusal RenderVersions(IBufferWriter<byte> output)
    {
        var text = new Utf8Output(output);
        OpenStackListings.WriteVersions(ref text, options.Compatibility, time);
        text.Flush();
        return Refusal.None;
    }

    static Refusal RenderFiles(Instance instance, int version, IBufferWriter<byte> output)
    {
        var text = new Utf8Output(output);
        OpenStackListings.WriteFiles(ref text, instance, version);
        text.Flush();
        return Refusal.None;
    }

    static Refusal RenderPassword(Instance instance, IBufferWriter<byte> output)
    {
        if (instance.IsUnreadable(InstanceParts.Password))
        {
            return Refusal.PartUnreadable;
        }
        var text = new Utf8Output(output);
        text.Write(instance.Password);
        text.Flush();
        return Refusal.None;
    }

    /// <summary>The version whose rules hold. A version that the release does not know yet is not found.</summary>
    bool TryGetVersion(in MetadataDocument document, out int version)
    {
        var newest = OpenStackVersions.NewestOf(options.Compatibility);
        version = document.Version == OpenStackVersions.Latest ? newest : document.Version;
        return version <= newest;
    }
}
