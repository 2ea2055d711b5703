using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>Finds the document that a path names (spec/nova-metadata.md §1.2).</summary>
static class PathResolution
{
    const int LongestOnStack = 512;

    public static Refusal Resolve(ReadOnlySpan<char> target, out MetadataDocument document)
    {
        var path = TargetReading.WithoutQuery(target);
        return TargetReading.IsPlain(path) ? Find(path.Trim('/'), out document) : Decode(path, out document);
    }

    public static bool IsReadAs(ReadOnlySpan<char> target, ReadOnlySpan<byte> path)
    {
        target = TargetReading.WithoutQuery(target);
        return TargetReading.IsPlain(target) ? Ascii.Equals(path, target) : IsDecodedAs(target, path);
    }

    static bool IsDecodedAs(ReadOnlySpan<char> target, ReadOnlySpan<byte> path)
    {
        var buffer = new byte[Encoding.UTF8.GetMaxByteCount(target.Length)];
        var length = Encoding.UTF8.GetBytes(target, buffer);
        return TargetReading.TryRead(buffer.AsSpan(0, length), buffer, out var read)
            && PathNormalisation.CollapseSlashes(read).SequenceEqual(path);
    }

    static Refusal Decode(ReadOnlySpan<char> target, out MetadataDocument document)
    {
        document = default;
        byte[]? rented = null;
        var longest = Encoding.UTF8.GetMaxByteCount(target.Length);
        var buffer =
            longest <= LongestOnStack
                ? stackalloc byte[LongestOnStack]
                : (rented = ArrayPool<byte>.Shared.Rent(longest));
        try
        {
            // Decoding makes nothing longer, so it may write over what it has read.
            if (
                Utf8.FromUtf16(target, buffer, out _, out var length, replaceInvalidSequences: false)
                    != OperationStatus.Done
                || !TargetReading.TryRead(buffer[..length], buffer, out var path)
            )
            {
                return Refusal.PathMalformed;
            }
            if (path.IsEmpty)
            {
                // Nova's answer to "/" needs no proof, and "" is not "/" to it.
                document = new(DocumentKind.Ec2Versions, 0, "");
                return Refusal.None;
            }
            var normal = PathNormalisation.Resolve(path);
            Span<char> text = stackalloc char[LongestOnStack];
            return normal.Length <= text.Length
                ? Find(text[..Encoding.UTF8.GetChars(normal, text)], out document)
                : Find(Encoding.UTF8.GetString(normal), out document);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
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
        if (document.Kind != DocumentKind.None)
        {
            return Refusal.None;
        }
        if (first is "openstack" && VersionOfContent(rest) is var version and >= 0)
        {
            document = new(DocumentKind.None, version, "");
            return Refusal.PathBelowLeaf;
        }
        return Refusal.PathNotFound;
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

    /// <summary>Contents are named beside the versions; below one, Nova crashes. Negative for any other path.</summary>
    static int VersionOfContent(ReadOnlySpan<char> path)
    {
        var version = OpenStackVersions.IndexOf(TakeSegment(ref path));
        return path is "content" ? version : -1;
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
