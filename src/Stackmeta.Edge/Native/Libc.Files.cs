using System.Runtime.InteropServices;

namespace Stackmeta.Edge;

/// <summary>To whom files belong (statx(2), chown(2)).</summary>
static partial class Libc
{
    // linux/fcntl.h, linux/stat.h. Unlike struct stat, struct statx is the same on every machine.
    const int WorkingDirectory = -100;
    const int NotFollowed = 0x100;
    const uint Owners = 0x08 | 0x10;
    const int StatxSize = 256;
    const int UserOffset = 20;
    const int GroupOffset = 24;

    /// <summary>The user that a file belongs to, itself and not what it leads to; null when there is none.</summary>
    public static uint? OwnerOf(string path) => OwnersOf(path)?.User;

    /// <summary>The same and the group.</summary>
    public static (uint User, uint Group)? OwnersOf(string path)
    {
        Span<byte> facts = stackalloc byte[StatxSize];
        return GetFacts(WorkingDirectory, path, NotFollowed, Owners, ref facts[0]) == 0
            ? (MemoryMarshal.Read<uint>(facts[UserOffset..]), MemoryMarshal.Read<uint>(facts[GroupOffset..]))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetFacts(int directory, string path, int flags, uint wanted, ref byte facts);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwnerOfLink(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUser();
}
