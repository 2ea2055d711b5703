using Stackmeta.Core.Files;

namespace Stackmeta.ConfigDrive;

/// <summary>Puts a drive into a file, whole or not at all.</summary>
public static class DriveFile
{
    /// <summary>
    /// Writes the image, with mode 0600, as <see cref="WholeFile"/> does. Runs of zeros become holes.
    /// </summary>
    /// <param name="path">A regular file or nothing yet. A symbolic link is followed.</param>
    /// <param name="drive">What to write.</param>
    /// <param name="cancellationToken">Stops, as long as the file has no name.</param>
    /// <exception cref="DriveException"><see cref="DriveRefusal.TargetNotAFile"/> for a device, pipe or folder (write to such a
    /// thing as a stream), or a content source did not keep its word.</exception>
    /// <exception cref="IOException">The disk is full, say.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the file got its name.</exception>
    public static async Task WriteAsync(string path, Drive drive, CancellationToken cancellationToken = default)
    {
        try
        {
            await WholeFile.WriteAsync(path, drive.WriteSparseAsync, cancellationToken: cancellationToken);
        }
        catch (NotAFileException)
        {
            throw new DriveException(new(DriveRefusal.TargetNotAFile, path));
        }
    }
}
