using System.Runtime.InteropServices;

namespace Stackmeta.Http;

/// <summary>What .NET does not tell of a file: its number, and whether it is a socket.</summary>
static partial class FileIdentity
{
    /// <summary>Large enough for <c>struct stat</c> of every 64-bit Linux (144 bytes on x86-64, 128 on arm64).</summary>
    const int StatSize = 256;

    /// <summary>Device and number of a file; default when there is none.</summary>
    public static (ulong Device, ulong Number) Of(string path)
    {
        Span<ulong> stat = stackalloc ulong[StatSize / sizeof(ulong)];
        return GetStat(path, stat) == 0 ? (stat[0], stat[1]) : default;
    }

    /// <summary>Whether a path leads to a socket, and not to another kind of file.</summary>
    public static bool IsSocket(string path)
    {
        // Where st_mode is in struct stat: after st_nlink on x86-64, before it elsewhere.
        var place = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 24 : 16;
        const uint TypeMask = 0xf000;
        const uint SocketType = 0xc000;
        Span<ulong> stat = stackalloc ulong[StatSize / sizeof(ulong)];
        return GetStat(path, stat) == 0
            && (MemoryMarshal.Read<uint>(MemoryMarshal.AsBytes(stat)[place..]) & TypeMask) == SocketType;
    }

    [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStat(string path, Span<ulong> stat);
}
