using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Stackmeta.Core.Files;

/// <summary>Writes a regular file whole or not at all.</summary>
public static class WholeFile
{
    /// <summary>Read and written by the owner alone.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Writes into a file without a name, syncs it, and only then gives it the name of <paramref name="path"/>, in the place of the
    /// regular file that was there. Where a reader looks there is the old file or the new one. After a failure or a cancelled token
    /// nothing is left, and nothing either after the process was killed.
    /// </summary>
    /// <remarks>
    /// Some file systems (vfat, NFS) know no files without names. There it is written beside the target, under a name that
    /// begins with a dot and the target's, and only killing the process leaves that file behind. So does, anywhere, killing it in
    /// the moment in which a whole new file replaces an older one.
    /// </remarks>
    /// <param name="path">A regular file or nothing yet. A symbolic link is followed.</param>
    /// <param name="fill">Writes the content.</param>
    /// <param name="mode">Who may read it, once it has its name; before nobody but its owner.</param>
    /// <param name="cancellationToken">Stops, as long as the file has no name.</param>
    /// <exception cref="NotAFileException">There is a device, pipe, socket or folder: it is not replaced.</exception>
    /// <exception cref="IOException">The disk is full, say.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the file got its name.</exception>
    public static async Task WriteAsync(
        string path,
        Func<FileStream, CancellationToken, Task> fill,
        UnixFileMode mode = Private,
        CancellationToken cancellationToken = default
    )
    {
        var target = Target(path);
        var folder = Path.GetDirectoryName(target)!;
        if (UnixFile.OpenNameless(folder) is { } nameless)
        {
            await using var file = new FileStream(nameless, FileAccess.Write, bufferSize: 0);
            await FillAsync(file, fill, mode, cancellationToken);
            Name(nameless, target);
        }
        else
        {
            await WriteBesideAsync(target, fill, mode, cancellationToken);
        }
        UnixFile.SyncFolder(folder);
    }

    /// <summary>Writes a file beside the target and renames it: for file systems that know no files without names.</summary>
    internal static async Task WriteBesideAsync(
        string target,
        Func<FileStream, CancellationToken, Task> fill,
        UnixFileMode mode,
        CancellationToken cancellationToken
    )
    {
        var temporary = Beside(target);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            // It may hold secrets: nobody but the owner reads it, from the first byte on.
            UnixCreateMode = Private,
        };
        await using var file = new FileStream(temporary, options);
        try
        {
            await FillAsync(file, fill, mode, cancellationToken);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    static async Task FillAsync(
        FileStream file,
        Func<FileStream, CancellationToken, Task> fill,
        UnixFileMode mode,
        CancellationToken cancellationToken
    )
    {
        await fill(file, cancellationToken);
        if (mode != Private)
        {
            File.SetUnixFileMode(file.SafeFileHandle, mode);
        }
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
        return UnixFile.TypeOf(target) is UnixFileType.Nothing or UnixFileType.Regular
            ? target
            : throw new NotAFileException($"'{path}' is not a regular file.");
    }
}
