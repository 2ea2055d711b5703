using System.Runtime.InteropServices;

namespace Stackmeta.Agent;

/// <summary>What .NET does not offer: users and groups.</summary>
static partial class NativeMethods
{
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
}
