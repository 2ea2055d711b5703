using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Stackmeta.Http;

/// <summary>An open descriptor of this process, closed with this object.</summary>
public sealed class Descriptor : SafeHandle
{
    public Descriptor(int number)
        : base(-1, ownsHandle: true) => SetHandle(number);

    public override bool IsInvalid => handle == -1;

    /// <summary>What a system call has opened.</summary>
    /// <exception cref="Win32Exception">It has failed.</exception>
    public static Descriptor Checked(int result, string call) =>
        result >= 0
            ? new(result)
            : throw new Win32Exception(
                Marshal.GetLastPInvokeError(),
                $"{call}: {Marshal.GetLastPInvokeErrorMessage()}"
            );

    /// <summary>Another descriptor of the same socket, for the caller to dispose of.</summary>
    public static Descriptor Of(Socket socket)
    {
        var added = false;
        var safe = socket.SafeHandle;
        try
        {
            safe.DangerousAddRef(ref added);
            return new(Duplicate((int)safe.DangerousGetHandle()));
        }
        finally
        {
            if (added)
            {
                safe.DangerousRelease();
            }
        }
    }

    /// <summary>A socket on a descriptor of its own.</summary>
    /// <exception cref="SocketException">It is no socket.</exception>
    public Socket ToSocket() => Open(DuplicateThis());

    /// <summary>Another descriptor of the same file, for the caller to dispose of.</summary>
    public Descriptor Copy() => new(DuplicateThis());

    int DuplicateThis()
    {
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            return Duplicate((int)handle);
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }
    }

    static Socket Open(int number)
    {
        var owned = new SafeSocketHandle(number, ownsHandle: true);
        try
        {
            return new(owned);
        }
        catch
        {
            owned.Dispose();
            throw;
        }
    }

    protected override bool ReleaseHandle() => SocketCalls.Close((int)handle) == 0;

    static int Duplicate(int number) =>
        SocketCalls.ControlDescriptor(number, SocketCalls.DuplicateCloseOnExec, 0) is >= 0 and var copy
            ? copy
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
