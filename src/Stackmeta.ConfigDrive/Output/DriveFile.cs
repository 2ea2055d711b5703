using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Stackmeta.ConfigDrive;

/// <summary>Puts a drive into a file, whole or not at all.</summary>
public static class DriveFile
{
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

    /// <summary>
    /// Writes the image into a file without a name, with mode 0600, syncs it, and only then gives it the name of
    /// <paramref name="path"/>, in the place of whatever was there. Where a reader looks there is the old file or the new one. After a
    /// failure or a cancelled token nothing is left, and nothing either after the process was killed. Runs of zeros become holes.
    /// </summary>
    /// <remarks>
    /// Some file systems (vfat, NFS) know no files without names. There the image is written beside the target, under a name that
    /// begins with a dot and the target's, and only killing the process leaves that file behind. So does, anywhere, killing it in
    /// the moment in which a whole new drive replaces an older file.
    /// </remarks>
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
        var target = Target(path);
        var folder = Path.GetDirectoryName(target)!;
        if (UnixFile.OpenNameless(folder) is { } nameless)
        {
            await using var file = new FileStream(nameless, FileAccess.Write, bufferSize: 0);
            await FillAsync(file, drive, cancellationToken);
            Name(nameless, target);
        }
        else
        {
            await WriteBesideAsync(target, drive, cancellationToken);
        }
        UnixFile.SyncFolder(folder);
    }

    /// <summary>Writes a file beside the target and renames it: for file systems that know no files without names.</summary>
    internal static async Task WriteBesideAsync(string target, Drive drive, CancellationToken cancellationToken)
    {
        var temporary = Beside(target);
        try
        {
            await using (var file = new FileStream(temporary, _fresh))
            {
                await FillAsync(file, drive, cancellationToken);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    static async Task FillAsync(FileStream file, Drive drive, CancellationToken cancellationToken)
    {
        await drive.WriteSparseAsync(file, cancellationToken);
        file.Flush(flushToDisk: true);
        cancellationToken.ThrowIfCancellationRequested();
    }

    static void Name(SafeFileHandle file, string target)
    {
        if (UnixFile.TryName(file, target))
        {
            return;
        }
        // A link replaces nothing, a rename does.
        var temporary = Beside(target);
        if (!UnixFile.TryName(file, temporary))
        {
            throw new IOException($"'{temporary}' exists.");
        }
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // Names beside each other, so that two writers of one target do not meet.
    static string Beside(string target)
    {
        var own = RandomNumberGenerator.GetHexString(12, lowercase: true);
        return Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{own}");
    }

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
