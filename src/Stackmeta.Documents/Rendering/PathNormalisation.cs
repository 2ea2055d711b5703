namespace Stackmeta.Documents;

/// <summary>Brings a path into the form on which everything is decided, so that no spelling of a path can be told from another.</summary>
static class PathNormalisation
{
    /// <summary>Makes one slash of many, in place.</summary>
    public static Span<byte> CollapseSlashes(Span<byte> path)
    {
        var length = 0;
        foreach (var value in path)
        {
            if (value != '/' || length == 0 || path[length - 1] != '/')
            {
                path[length++] = value;
            }
        }
        return path[..length];
    }

    /// <summary>Resolves empty, <c>.</c> and <c>..</c> segments in place, as POSIX names files and Python's <c>normpath</c> does.</summary>
    /// <returns>The path without a slash at either end.</returns>
    public static Span<byte> Resolve(Span<byte> path)
    {
        var length = 0;
        var position = 0;
        while (position < path.Length)
        {
            var slash = path[position..].IndexOf((byte)'/');
            var segment = path.Slice(position, slash < 0 ? path.Length - position : slash);
            position += segment.Length + 1;
            if (segment.IsEmpty || segment.SequenceEqual("."u8))
            {
                continue;
            }
            if (segment.SequenceEqual(".."u8))
            {
                length = Math.Max(path[..length].LastIndexOf((byte)'/'), 0);
                continue;
            }
            if (length > 0)
            {
                path[length++] = (byte)'/';
            }
            segment.CopyTo(path[length..]);
            length += segment.Length;
        }
        return path[..length];
    }
}
