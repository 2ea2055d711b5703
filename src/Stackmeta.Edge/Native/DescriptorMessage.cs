using System.Net.Sockets;
using System.Runtime.InteropServices;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>Datagrams over unix sockets that may carry one descriptor (unix(7), SCM_RIGHTS).</summary>
static class DescriptorMessage
{
    const int InterruptedCall = 4;

    /// <summary>Sends one datagram, never waiting for room.</summary>
    /// <param name="socket">Of packets or datagrams, connected.</param>
    /// <param name="bytes">At least one.</param>
    /// <param name="descriptor">Stays the caller's; the receiver gets another of the same file. Null for none.</param>
    /// <exception cref="IOException">The peer is gone, or does not read what it was sent.</exception>
    public static unsafe void Send(Socket socket, ReadOnlySpan<byte> bytes, Descriptor? descriptor)
    {
        var (socketAdded, descriptorAdded) = (false, false);
        try
        {
            socket.SafeHandle.DangerousAddRef(ref socketAdded);
            descriptor?.DangerousAddRef(ref descriptorAdded);
            fixed (byte* start = bytes)
            {
                var control = new Libc.DescriptorControl
                {
                    Length = Libc.DescriptorControl.Size,
                    Level = Libc.SolSocket,
                    Type = Libc.ScmRights,
                    Descriptor = (int)(descriptor?.DangerousGetHandle() ?? -1),
                };
                var piece = new Libc.Piece { Base = start, Length = (nuint)bytes.Length };
                var message = new Libc.MessageHeader { Pieces = &piece, PieceCount = 1 };
                if (descriptor is not null)
                {
                    message.Control = &control;
                    message.ControlLength = (nuint)sizeof(Libc.DescriptorControl);
                }
                while (
                    Libc.SendMessage(
                        (int)socket.SafeHandle.DangerousGetHandle(),
                        in message,
                        Libc.MsgDontWait | Libc.MsgNoSignal
                    ) < 0
                )
                {
                    ThrowUnlessInterrupted();
                }
            }
        }
        finally
        {
            if (descriptorAdded)
            {
                descriptor!.DangerousRelease();
            }
            if (socketAdded)
            {
                socket.SafeHandle.DangerousRelease();
            }
        }
    }

    /// <summary>Takes a datagram that is there.</summary>
    /// <param name="socket">Of packets, readable.</param>
    /// <param name="buffer">Gets the bytes.</param>
    /// <returns>The bytes' number, 0 at the peer's end and −1 for a datagram that is longer than the buffer; and a descriptor, the caller's
    /// to dispose of, or null.</returns>
    /// <exception cref="IOException">The connection is broken, or there is no datagram.</exception>
    public static unsafe (int Length, Descriptor? Descriptor) Receive(Socket socket, Span<byte> buffer)
    {
        var socketAdded = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref socketAdded);
            fixed (byte* start = buffer)
            {
                // Room for one descriptor: the kernel closes any others that a peer sends.
                var control = default(Libc.DescriptorControl);
                var piece = new Libc.Piece { Base = start, Length = (nuint)buffer.Length };
                var message = new Libc.MessageHeader
                {
                    Pieces = &piece,
                    PieceCount = 1,
                    Control = &control,
                    ControlLength = Libc.DescriptorControl.Size,
                };
                nint length;
                while (
                    (
                        length = Libc.ReceiveMessage(
                            (int)socket.SafeHandle.DangerousGetHandle(),
                            ref message,
                            Libc.MsgDontWait | Libc.MsgCloseOnExec
                        )
                    ) < 0
                )
                {
                    ThrowUnlessInterrupted();
                }
                var carries =
                    message.ControlLength >= Libc.DescriptorControl.Size
                    && control.Level == Libc.SolSocket
                    && control.Type == Libc.ScmRights;
                return (
                    (message.Flags & Libc.MsgTruncated) != 0 ? -1 : (int)length,
                    carries ? new Descriptor(control.Descriptor) : null
                );
            }
        }
        finally
        {
            if (socketAdded)
            {
                socket.SafeHandle.DangerousRelease();
            }
        }
    }

    static void ThrowUnlessInterrupted()
    {
        var error = Marshal.GetLastPInvokeError();
        if (error != InterruptedCall)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }
}
