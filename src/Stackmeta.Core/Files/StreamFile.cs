using Microsoft.Win32.SafeHandles;

namespace Stackmeta.Core.Files;

/// <summary>
/// Paths that lead to something to write into, and not to a file to replace: devices, FIFOs, descriptors such as <c>/dev/stdout</c>.
/// </summary>
public static class StreamFile
{
    static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Opens it. Waits for the reader of a FIFO.</summary>
    /// <returns>Null for a regular file, and where nothing is: that is <see cref="WholeFile"/>'s.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">No reader came before.</exception>
    public static async Task<Stream?> OpenAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        switch (UnixFile.TypeOf(path))
        {
            case UnixFileType.Regular when !IsDescriptor(path):
            case UnixFileType.Nothing:
                return null;
            case UnixFileType.Folder:
                throw new NotAFileException("It is a folder.");
            case UnixFileType.Socket:
                throw new NotAFileException("It is a socket.");
        }
        SafeFileHandle? file;
        while ((file = UnixFile.TryOpenForWriting(path)) is null)
        {
            await Task.Delay(_pollInterval, time, cancellationToken);
        }
        var stream = new FileStream(file, FileAccess.Write, bufferSize: 0);
        if (UnixFile.TypeOf(path) == UnixFileType.Regular)
        {
            // As a shell's '>' does.
            stream.SetLength(0);
        }
        return stream;
    }

    /// <summary>Whether a link of /proc is on the way: the file is open already, and has perhaps no name any more.</summary>
    static bool IsDescriptor(string path)
    {
        var place = Path.GetFullPath(path);
        for (var link = new FileInfo(place); link.LinkTarget is { } next; link = new FileInfo(place))
        {
            if (
                place.StartsWith("/proc/", StringComparison.Ordinal)
                || place.StartsWith("/dev/fd/", StringComparison.Ordinal)
            )
            {
                return true;
            }
            place = Path.GetFullPath(next, Path.GetDirectoryName(place)!);
        }
        return false;
    }
}
