using System.Buffers;

namespace Stackmeta.Metadata;

/// <summary>Finds the document that a path names (spec/nova-metadata.md §1.2).</summary>
static class PathResolution
{
    const int LongestOnStack = 256;

    public static Refusal Resolve(ReadOnlySpan<char> target, out MetadataDocument document)
    {
        document = default;
        if (!PathNormalisation.TryGetPath(target, out var path))
        {
            return Refusal.PathMalformed;
        }
        if (PathNormalisation.IsNearlyNormal(path))
        {
            return Find(path.Trim('/'), out document);
        }

        char[]? rented = null;
        var normal =
            path.Length <= LongestOnStack
                ? stackalloc char[LongestOnStack]
                : (rented = ArrayPool<char>.Shared.Rent(path.Length));
        try
        {
            return PathNormalisation.TryNormalise(path, normal, out var length)
                ? Find(normal[..length], out document)
                : Refusal.PathMalformed;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented);
            }
        }
    }

    static Refusal Find(ReadOnlySpan<char> path, out MetadataDocument document)
    {
        if (path.IsEmpty)
        {
            document = new(DocumentKind.Root, 0, "");
            return Refusal.None;
        }

        var rest = path;
        var first = TakeSegment(ref rest);
        document = first switch
        {
            "openstack" => FindOpenStack(rest),
            "ec2" => FindEc2(rest),
            _ => FindEc2(path),
        };
        return document.Kind == DocumentKind.None ? Refusal.PathNotFound : Refusal.None;
    }

    static MetadataDocument FindEc2(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
        {
            return new(DocumentKind.Ec2Versions, 0, "");
        }
        var version = Ec2Versions.IndexOf(TakeSegment(ref path));
        return version < 0 ? default : new(DocumentKind.Ec2, version, Ec2Keys.PathOf(path));
    }

    static MetadataDocument FindOpenStack(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
        {
            return new(DocumentKind.OpenStackVersions, 0, "");
        }
        var first = TakeSegment(ref path);
        if (first is "content")
        {
            return path.IsEmpty || path.Contains('/')
                ? default
                : new(
                    DocumentKind.Content,
                    0,
                    path is InjectedNetwork.ContentName ? InjectedNetwork.ContentName : path.ToString()
                );
        }

        var version = OpenStackVersions.IndexOf(first);
        if (version < 0)
        {
            return default;
        }
        var kind = path switch
        {
            // "version" is an alias that Nova has by accident (spec/nova-metadata.md §1.2).
            "" or "version" => DocumentKind.OpenStackFiles,
            "meta_data.json" => DocumentKind.MetaData,
            "user_data" => DocumentKind.UserData,
            // Listed from 2015-10-15 on, but served in every version.
            "network_data.json" => DocumentKind.NetworkData,
            "password" when version >= OpenStackVersions.Grizzly => DocumentKind.Password,
            "vendor_data.json" when version >= OpenStackVersions.Havana => DocumentKind.VendorData,
            "vendor_data2.json" when version >= OpenStackVersions.NewtonTwo => DocumentKind.VendorData2,
            _ => DocumentKind.None,
        };
        return kind == DocumentKind.None ? default : new(kind, version, "");
    }

    /// <summary>Takes what stands before the first slash off a path.</summary>
    static ReadOnlySpan<char> TakeSegment(ref ReadOnlySpan<char> path)
    {
        var slash = path.IndexOf('/');
        var segment = slash < 0 ? path : path[..slash];
        path = slash < 0 ? [] : path[(slash + 1)..];
        return segment;
    }
}
