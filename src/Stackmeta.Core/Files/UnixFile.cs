using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Core.Files;

/// <summary>What .NET does not offer: the type of a file, a file without a name, and making a name last through a power cut.</summary>
static partial class UnixFile
{
    // From Linux's headers fcntl.h, stat.h and errno.h; the same on x86-64 and 64-bit ARM but for O_DIRECTORY.
    const int AtCurrentFolder = -100;
    const int AtFollowLinks = 0x400;
    const int ReadOnly = 0;
    const int WriteOnly = 1;
    const int CloseOnExec = 0x80000;
    const int TemporaryFile = 0x400000;
    const uint OwnerReadsAndWrites = 0x180;
    const uint StatxType = 1;
    const int StatxSize = 256;
    const int StatxModeOffset = 28;
    const int TypeMask = 0xf000;
    const int NonBlocking = 0x800;
    const int NoTerminalControl = 0x100;
    const int SetFlags = 4;
    const int NotThere = 2;
    const int NoDeviceOrReader = 6;
    const int AlreadyThere = 17;
    const int NotAFolder = 20;

    static int OpenedFolder => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>What lies at a path. Follows links.</summary>
    /// <exception cref="IOException">One could not look.</exception>
    public static UnixFileType TypeOf(string path)
    {
        Span<byte> answer = stackalloc byte[StatxSize];
        if (Statx(AtCurrentFolder, path, 0, StatxType, ref MemoryMarshal.GetReference(answer)) != 0)
        {
            return Marshal.GetLastPInvokeError() is NotThere or NotAFolder ? UnixFileType.Nothing : throw Failure(path);
        }
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(answer[StatxModeOffset..]);
        return (UnixFileType)(mode & TypeMask);
    }

    /// <summary>Opens what is there for writing, as it is: nothing is made or cut.</summary>
    /// <returns>Null for a FIFO that nobody reads yet. To open it would wait, and no signal would end the wait.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle? TryOpenForWriting(string path)
    {
        var descriptor = Open(path, WriteOnly | CloseOnExec | NonBlocking | NoTerminalControl, 0);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() == NoDeviceOrReader && TypeOf(path) == UnixFileType.Fifo
                ? null
                : throw Failure(path);
        }
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        if (SetStatus(descriptor, SetFlags, 0) != 0)
        {
            file.Dispose();
            throw Failure(path);
        }
        return file;
    }

    /// <summary>
    /// Opens a fresh file for writing that no name leads to, readable by its owner alone: it is gone with the process, however that
    /// ends, unless <see cref="TryName"/> gives it a name.
    /// </summary>
    /// <returns>Null where the file system has no such files, or /proc, which leads to them, is not mounted.</returns>
    public static SafeFileHandle? OpenNameless(string folder)
    {
        if (!FileLookup.Exists("/proc/self/fd"))
        {
            return null;
        }
        var flags = TemporaryFile | OpenedFolder | WriteOnly | CloseOnExec;
        var descriptor = Open(folder, flags, OwnerReadsAndWrites);
        // Whatever else is wrong with the folder shows again where a named file is made.
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Gives a file that <see cref="OpenNameless"/> made its name.</summary>
    /// <returns>False if there is a file of this name.</returns>
    /// <exception cref="IOException">It cannot be named so.</exception>
    public static bool TryName(SafeFileHandle file, string path)
    {
        // linkat by descriptor alone would need a capability; by way of /proc anybody may (man 2 open, O_TMPFILE).
        var way = $"/proc/self/fd/{file.DangerousGetHandle()}";
        if (LinkAt(AtCurrentFolder, way, AtCurrentFolder, path, AtFollowLinks) == 0)
        {
            GC.KeepAlive(file);
            return true;
        }
        return Marshal.GetLastPInvokeError() == AlreadyThere ? false : throw Failure(path);
    }

    /// <summary>Waits until the folder's entries are on the disk.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void SyncFolder(string path)
    {
        var descriptor = Open(path, ReadOnly | CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw Failure(path);
        }
        try
        {
            if (FSync(descriptor) != 0)
            {
                throw Failure(path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    static IOException Failure(string path)
    {
        var number = Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(number)} : '{path}'", number);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte answer);

    // Declared with dots in C; on Linux an integer goes the same way there.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int SetStatus(int descriptor, int command, nint flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkAt(int oldFolder, string oldPath, int newFolder, string newPath, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
