using System.Runtime.InteropServices;

namespace Stackmeta.Http;

/// <summary>
/// System calls on sockets that are not to block, and waiting for them (epoll(7)). Constants are Linux's, equal on x86-64 and arm64.
/// </summary>
static partial class SocketCalls
{
    // linux/eventpoll.h.
    public const int EpollAdd = 1;
    public const int EpollRemove = 2;
    public const int EpollModify = 3;

    // asm-generic/errno-base.h, asm-generic/errno.h.
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int TableFull = 23;
    public const int TooManyDescriptors = 24;
    public const int ConnectionAborted = 103;
    public const int NoBufferSpace = 105;

    // asm-generic/fcntl.h, linux/fcntl.h, linux/socket.h.
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int DuplicateCloseOnExec = 1030;
    public const int AfInet = 2;
    public const int AfInet6 = 10;
    public const int MsgNoSignal = 0x4000;
    public const int ShutdownSend = 1;
    public const int ShutdownBoth = 2;

    // asm-generic/socket.h.
    public const int SolSocket = 1;
    public const int SoLinger = 13;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(SafeHandle epoll, int operation, SafeHandle descriptor, ref byte change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(SafeHandle epoll, ref byte events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeHandle descriptor, ref ulong value, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeHandle descriptor, ref ulong value, nint length);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(SafeHandle descriptor, ref byte address, ref int length, int flags);

    /// <summary>As <see cref="Accept"/>, without the peer's address: both of it are 0.</summary>
    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int AcceptNameless(SafeHandle descriptor, nint address, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeHandle descriptor, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeHandle descriptor, in byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(SafeHandle descriptor, int level, int option, in byte value, int length);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(SafeHandle descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int ControlDescriptor(int descriptor, int command, int argument);
}
