using System.Runtime.InteropServices;

namespace Stackmeta.Agent;

/// <summary>What .NET does not offer: users and groups, and a file's number.</summary>
static partial class NativeMethods
{
    /// <summary>Large enough for <c>struct stat</c> of every 64-bit Linux (144 bytes on x86-64, 128 on arm64).</summary>
    const int StatSize = 256;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint GetEffectiveGroup();

    /// <summary>The number of a user by name, from all sources that the host's name service knows.</summary>
    public static bool TryGetUser(string name, out uint number) => TryReadNumber(GetUserByName(name), out number);

    /// <summary>The number of a group by name, likewise.</summary>
    public static bool TryGetGroup(string name, out uint number) => TryReadNumber(GetGroupByName(name), out number);

    /// <summary>Changes owner and group; <see cref="uint.MaxValue"/> leaves one as it is. Returns the error number, 0 for none.</summary>
    public static int ChangeOwner(string path, uint user, uint group) =>
        ChangeOwnerOf(path, user, group) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Device and number of a file; default when there is none.</summary>
    public static (ulong Device, ulong Number) GetIdentity(string path)
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

    // struct passwd and struct group begin alike: two pointers, then the number (passwd: uid; group: gid).
    static bool TryReadNumber(nint entry, out uint number)
    {
        number = entry == 0 ? 0 : (uint)Marshal.ReadInt32(entry, 2 * nint.Size);
        return entry != 0;
    }

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetUserByName(string name);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetGroupByName(string name);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwnerOf(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStat(string path, Span<ulong> stat);
}
