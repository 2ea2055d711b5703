using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Stackmeta.Http;

/// <summary>How many descriptors this process may have (RLIMIT_NOFILE of getrlimit(2)).</summary>
public static partial class DescriptorLimit
{
    /// <summary>asm-generic/resource.h.</summary>
    const int NumberOfFiles = 7;

    /// <summary>As many as the kernel would give to one process (<c>fs.nr_open</c>), where there is no other limit.</summary>
    const ulong Most = 1 << 20;

    /// <summary>The limit that holds now.</summary>
    public static int Current => (int)Math.Min(Read().Soft, Most);

    /// <summary>
    /// Raises the limit to the highest that this process may have. The lower one is for programs that use select(2), which this one and its
    /// children do not.
    /// </summary>
    public static void Raise()
    {
        var limit = Read();
        if (limit.Soft < limit.Hard)
        {
            limit.Soft = limit.Hard;
            // If it is refused, what holds holds.
            _ = Set(NumberOfFiles, ref limit);
        }
    }

    static Limit Read() =>
        Get(NumberOfFiles, out var limit) == 0
            ? limit
            : throw new Win32Exception(Marshal.GetLastPInvokeError(), "getrlimit");

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int Get(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int Set(int resource, ref Limit limit);

    /// <summary><c>struct rlimit</c>, on machines of 64 bits.</summary>
    struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
