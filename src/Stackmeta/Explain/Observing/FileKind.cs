namespace Stackmeta;

/// <summary>What kind of file a path is; .NET tells links, folders and the rest apart.</summary>
static class FileKind
{
    /// <summary>
    /// Whether it is a unix socket: the kernel lists those that are bound, and a dead one has no size and cannot be opened.
    /// </summary>
    public static bool IsSocket(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read);
            return false;
        }
        catch (IOException)
        {
            // open(2): ENXIO for a socket.
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
