using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

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
    const int OfDescriptor = 0x1000;
    const uint Identity = 0x04 | 0x80 | 0x100 | 0x200;
    const int LinksOffset = 16;
    const int InodeOffset = 32;
    const int SizeOffset = 40;
    const int ChangeTimeOffset = 96;

    // asm-generic/errno-base.h.
    public const int NoEntry = 2;
    public const int InvalidArgument = 22;
    const int NotDirectory = 20;

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

    /// <summary>Which file it is, and of which state; null when that cannot be asked for.</summary>
    /// <param name="isMissing">There is no such file.</param>
    public static FileIdentity? IdentityOf(string path, out bool isMissing)
    {
        Span<byte> facts = stackalloc byte[StatxSize];
        if (GetFacts(WorkingDirectory, path, 0, Identity, ref facts[0]) != 0)
        {
            isMissing = Marshal.GetLastPInvokeError() is NoEntry or NotDirectory;
            return null;
        }
        isMissing = false;
        return ReadIdentity(facts);
    }

    /// <summary>
    /// The same of an open file; null when it has no name any more, as after its replacement, when it was closed meanwhile, or when it
    /// cannot be asked for.
    /// </summary>
    /// <remarks>A fifth of what a look at a path of some length costs: no name is looked up.</remarks>
    public static FileIdentity? IdentityOf(SafeFileHandle file)
    {
        Span<byte> facts = stackalloc byte[StatxSize];
        try
        {
            return
                GetFacts(file, "", OfDescriptor, Identity, ref facts[0]) == 0
                && MemoryMarshal.Read<uint>(facts[LinksOffset..]) != 0
                ? ReadIdentity(facts)
                : null;
        }
        catch (ObjectDisposedException)
        {
            // By another request, which has found its replacement.
            return null;
        }
    }

    static FileIdentity ReadIdentity(ReadOnlySpan<byte> facts) =>
        new(
            MemoryMarshal.Read<ulong>(facts[InodeOffset..]),
            MemoryMarshal.Read<ulong>(facts[SizeOffset..]),
            MemoryMarshal.Read<long>(facts[ChangeTimeOffset..]),
            MemoryMarshal.Read<uint>(facts[(ChangeTimeOffset + sizeof(long))..])
        );

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetFacts(int directory, string path, int flags, uint wanted, ref byte facts);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetFacts(SafeFileHandle file, string path, int flags, uint wanted, ref byte facts);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwnerOfLink(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUser();
}

/// <summary>Which file it is, and of which state: another one after each replacement.</summary>
/// <param name="Seconds">Of its last change (<c>stx_ctime</c>).</param>
readonly record struct FileIdentity(ulong Inode, ulong Size, long Seconds, uint Nanoseconds);
