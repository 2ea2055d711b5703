using System.Runtime.InteropServices;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>
/// The links of the thread's own network namespace, as the kernel has them. What lies under <c>/sys/class/net</c> is of the namespace in
/// which sysfs was mounted, which may be another one.
/// </summary>
public static partial class HostLink
{
    // asm-generic/errno-base.h.
    const int NoSuchAddress = 6;
    const int NoSuchDevice = 19;

    /// <summary>IFNAMSIZ of linux/if.h, with the closing zero.</summary>
    const int LongestName = 16;

    /// <summary>Whether there is a link of that name.</summary>
    /// <exception cref="LookupException">One could not look.</exception>
    public static bool Exists(string name) => FindIndex(name) is not null;

    /// <summary>The index of a link; null when there is none of that name.</summary>
    /// <exception cref="LookupException">One could not look.</exception>
    public static int? FindIndex(string name)
    {
        if (name.Length is 0 or >= LongestName)
        {
            return null;
        }
        if (GetIndex(name) is not 0 and var index)
        {
            return (int)index;
        }
        return Marshal.GetLastPInvokeError() is var error and not (NoSuchDevice or NoSuchAddress)
            ? throw new LookupException(
                $"Cannot look whether there is an interface {name}: {Marshal.GetPInvokeErrorMessage(error)}"
            )
            : null;
    }

    /// <summary>The name of the link with an index; null when there is none.</summary>
    /// <exception cref="LookupException">One could not look.</exception>
    public static string? FindName(int index)
    {
        Span<byte> name = stackalloc byte[LongestName];
        if (GetName((uint)index, ref name[0]) != 0)
        {
            return System.Text.Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
        }
        return Marshal.GetLastPInvokeError() is var error and not (NoSuchDevice or NoSuchAddress)
            ? throw new LookupException(
                $"Cannot look which interface has the index {index}: {Marshal.GetPInvokeErrorMessage(error)}"
            )
            : null;
    }

    // Both ask the kernel by a socket of the calling thread's namespace (netdevice(7)).
    [LibraryImport(
        "libc",
        EntryPoint = "if_nametoindex",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial uint GetIndex(string name);

    [LibraryImport("libc", EntryPoint = "if_indextoname", SetLastError = true)]
    private static partial nint GetName(uint index, ref byte name);
}
