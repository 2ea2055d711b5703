using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>What a path names. Found without an instance; whether the instance has it is decided by rendering.</summary>
/// <param name="Kind">Which document or listing.</param>
/// <param name="Version">Index into the tree's version list, whose last item is <c>latest</c>; 0 where no version is named.</param>
/// <param name="Path">What follows below the version: the rest of an EC2 path, or a content's number; else empty.</param>
public readonly record struct MetadataDocument(DocumentKind Kind, int Version, string Path)
{
    /// <summary>True for the one document that shows security groups: only it needs <see cref="RenderContext.SecurityGroups"/>.</summary>
    public bool ShowsSecurityGroups => Kind == DocumentKind.Ec2 && Path == Ec2Keys.SecurityGroupsPath;

    /// <summary>
    /// True for what stands below that document. Nothing does, but Nova crashes of a group's name there and finds no other, and what
    /// becomes of OPTIONS depends on which it was.
    /// </summary>
    public bool IsBelowSecurityGroups =>
        Kind == DocumentKind.Ec2 && Path.StartsWith(Ec2Keys.SecurityGroupsPath + "/", StringComparison.Ordinal);

    /// <summary>The document behind a request target.</summary>
    /// <param name="target">
    /// The raw request target, percent-encoded, with or without a query: in origin form (<c>/latest</c>) or absolute form
    /// (<c>http://169.254.169.254/latest</c>).
    /// </param>
    /// <param name="document">The document; of kind <see cref="DocumentKind.None"/> when refused, with the version that was named.</param>
    /// <returns><see cref="Refusal.None"/>, <see cref="Refusal.PathNotFound"/> or <see cref="Refusal.PathBelowLeaf"/> when no
    /// instance can have it, or <see cref="Refusal.PathMalformed"/>.</returns>
    public static Refusal Resolve(ReadOnlySpan<char> target, out MetadataDocument document) =>
        PathResolution.Resolve(target, out document);

    /// <summary>
    /// Whether a target is read as a path that is none of the documents': escapes decoded and slashes collapsed, but neither escaped dots
    /// resolved nor a slash at the end dropped, as filters in front of Nova see it.
    /// </summary>
    public static bool IsReadAs(ReadOnlySpan<char> target, ReadOnlySpan<byte> path) =>
        PathResolution.IsReadAs(target, path);
}

/// <summary>The kinds of document that the two trees hold.</summary>
public enum DocumentKind
{
    None,

    /// <summary><c>/</c> itself: the EC2 version list, answered without proof of the caller.</summary>
    Root,

    /// <summary><c>/ec2</c>: the same list, after proof.</summary>
    Ec2Versions,

    /// <summary>Everything below an EC2 version: listings and leaves.</summary>
    Ec2,

    OpenStackVersions,
    OpenStackFiles,
    MetaData,
    UserData,
    Password,
    VendorData,
    NetworkData,
    VendorData2,
    Content,
}
