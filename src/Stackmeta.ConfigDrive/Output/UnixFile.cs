using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Stackmeta.ConfigDrive;

/// <summary>Two things that .NET does not offer: the type of a file, and making a rename last through a power cut.</summary>
static partial class UnixFile
{
    // From Linux's headers fcntl.h and stat.h; the same on x86-64 and 64-bit ARM but for O_DIRECTORY, which is not needed.
    const int AtCurrentFolder = -100;
    const int ReadOnly = 0;
    const int CloseOnExec = 0x80000;
    const uint StatxType = 1;
    const int StatxSize = 256;
    const int StatxModeOffset = 28;
    const int TypeMask = 0xf000;
    const int RegularFile = 0x8000;

    /// <summary>False for devices, pipes, sockets and folders. Follows links.</summary>
    /// <exception cref="IOException">The file is not there or cannot be asked.</exception>
    public static bool IsRegular(string path)
    {
        Span<byte> answer = stackalloc byte[StatxSize];
        if (Statx(AtCurrentFolder, path, 0, StatxType, ref MemoryMarshal.GetReference(answer)) != 0)
        {
            throw Failure(path);
        }
        var mode = BinaryPrimitives.ReadUInt16LittleEndian(answer[StatxModeOffset..]);
        return (mode & TypeMask) == RegularFile;
    }

    /// <summary>Waits until the folder's entries are on the disk.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void SyncFolder(string path)
    {
        var descriptor = Open(path, ReadOnly | CloseOnExec);
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
        var reason = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
        return new IOException($"{reason} : '{path}'");
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte answer);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
