using System.Runtime.InteropServices;

namespace Stackmeta.Edge;

/// <summary>Messages with descriptors (unix(7), cmsg(3)) and what the kernel tells of a socket.</summary>
static partial class Libc
{
    // linux/socket.h, asm-generic/socket.h.
    public const int SolSocket = 1;
    public const int ScmRights = 1;
    public const int SoPeerCredentials = 17;
    public const int SoAcceptsConnections = 30;
    public const int SoNetworkNamespaceCookie = 71;
    public const int MsgDontWait = 0x40;
    public const int MsgTruncated = 0x20;
    public const int MsgNoSignal = 0x4000;
    public const int MsgCloseOnExec = 0x40000000;

    // linux/fcntl.h.
    public const int SetDescriptorFlags = 2;
    public const int DuplicateCloseOnExec = 1030;
    public const int DescriptorCloseOnExec = 1;

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(
        SafeHandle descriptor,
        int level,
        int option,
        ref byte value,
        ref int length
    );

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int descriptor, in MessageHeader message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(int descriptor, ref MessageHeader message, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int ControlDescriptor(int descriptor, int command, int argument);

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Piece* Pieces;
        public nuint PieceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Piece
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary><c>struct cmsghdr</c> with room for one descriptor.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct DescriptorControl
    {
        /// <summary>Header and descriptor without the padding: with it, the kernel would take it for room for two.</summary>
        public const int Size = 20;

        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}
