using System.Security.Cryptography;

namespace Stackmeta.ConfigDrive;

/// <summary>Puts a drive into a file, whole or not at all.</summary>
public static class DriveFile
{
    /// <summary>
    /// Writes the image beside <paramref name="path"/> with mode 0600, syncs it and renames it over whatever was there. Where a
    /// reader looks there is the old file or the new one. After a failure or a cancelled token nothing is left beside it.
    /// Runs of zeros become holes.
    /// </summary>
    /// <param name="path">A regular file or nothing yet. A symbolic link is followed.</param>
    /// <exception cref="DriveException"><see cref="DriveRefusal.TargetNotAFile"/> for a device, pipe or folder (write to such a
    /// thing as a stream), or a content source did not keep its word.</exception>
    /// <exception cref="IOException">The disk is full, say.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the rename.</exception>
    public static async Task WriteAsync(string path, Drive drive, CancellationToken cancellationToken = default)
    {
        var target = Target(path);
        var folder = Path.GetDirectoryName(target)!;
        // Names beside each other, so that two writers of one target do not meet.
        var temporary = Path.Combine(
            folder,
            $".{Path.GetFileName(target)}.{RandomNumberGenerator.GetHexString(12, lowercase: true)}"
        );
        try
        {
            await using (var file = new FileStream(temporary, _fresh))
            {
                await drive.WriteSparseAsync(file, cancellationToken);
                file.Flush(flushToDisk: true);
            }
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        UnixFile.SyncFolder(folder);
    }

    static readonly FileStreamOptions _fresh = new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.None,
        // The drive's writer gathers on its own.
        BufferSize = 0,
        // A drive may hold a password: nobody but the owner reads it, from the first byte on.
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    static string Target(string path)
    {
        var target = Path.GetFullPath(path);
        if (new FileInfo(target) is { LinkTarget: not null } link)
        {
            target = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        }
        // .NET calls a device or pipe a normal file; only its Unix type tells.
        if (Directory.Exists(target) || (File.Exists(target) && !UnixFile.IsRegular(target)))
        {
            throw new DriveException(new(DriveRefusal.TargetNotAFile, path));
        }
        return target;
    }
}
