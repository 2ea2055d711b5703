using System.Runtime.InteropServices;

namespace Stackmeta.Edge;

/// <summary>What a child process says, and its end (pipe(7), pidfd_open(2)).</summary>
static partial class Libc
{
    /// <summary>asm-generic/unistd.h; equal everywhere. The C library has a name for it since glibc 2.36 only.</summary>
    const nint ProcessDescriptorCall = 434;

    // asm-generic/errno-base.h, asm-generic/fcntl.h.
    public const int NoSuchProcess = 3;
    public const int NonBlocking = 0x800;

    /// <summary>A descriptor that is readable once the process has ended; −1 if it is gone already.</summary>
    public static int OpenProcess(int process) => (int)SystemCall(ProcessDescriptorCall, process, 0);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(Span<int> readAndWriteEnd, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeHandle descriptor, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second);
}
