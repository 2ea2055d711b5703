using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace Stackmeta.Edge;

/// <summary>The kernel's question and answer about one entry of the table of neighbours (rtnetlink(7); linux/neighbour.h).</summary>
static class NeighbourMessage
{
    // linux/netlink.h, linux/rtnetlink.h.
    // asm-generic/errno-base.h.
    const int HeaderSize = 16;
    const int NoSuchEntry = 2;
    const ushort Error = 2;
    const ushort NewNeighbour = 28;
    const ushort GetNeighbour = 30;
    const ushort Request = 0x001;

    // struct ndmsg: family, padding, interface, state, flags, type.
    const int BodySize = 12;
    const int StateOffset = 8;
    const int AttributeHeader = 4;
    const ushort AddressAttribute = 1;
    const ushort LinkAddressAttribute = 2;
    const int MacSize = 6;

    /// <summary>NUD_VALID: permanent, no-ARP, reachable, probe, stale or delay. The entry's MAC has been seen and not been found wrong.</summary>
    const ushort Valid = 0x80 | 0x40 | 0x02 | 0x10 | 0x04 | 0x08;

    /// <summary>Asks for one neighbour, which the kernel does since Linux 5.0.</summary>
    /// <param name="address">IPv6, with the index of its interface.</param>
    public static byte[] AskFor(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var question = new byte[HeaderSize + BodySize + AttributeHeader + bytes.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(question, (uint)question.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(4), GetNeighbour);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(6), Request);
        var body = question.AsSpan(HeaderSize);
        body[0] = Libc.AfInet6;
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], (uint)address.ScopeId);
        var attribute = body[BodySize..];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(AttributeHeader + bytes.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], AddressAttribute);
        bytes.CopyTo(attribute[AttributeHeader..]);
        return question;
    }

    /// <summary>Reads one datagram.</summary>
    /// <param name="address">Whom it was asked for.</param>
    /// <param name="mac">Gets its MAC; null when the kernel knows none that is valid.</param>
    /// <returns>Whether it is the answer; other news come over the same socket.</returns>
    /// <exception cref="EdgeException">The kernel does not tell: the interface is gone, or it is older than Linux 5.0.</exception>
    public static bool TryRead(ReadOnlySpan<byte> datagram, IPAddress address, out PhysicalAddress? mac)
    {
        mac = null;
        if (datagram.Length < HeaderSize)
        {
            return false;
        }
        var type = BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]);
        if (type == Error)
        {
            var error =
                datagram.Length < HeaderSize + sizeof(int)
                    ? 0
                    : -BinaryPrimitives.ReadInt32LittleEndian(datagram[HeaderSize..]);
            return error == NoSuchEntry
                ? true
                : throw new EdgeException($"The kernel does not tell of the neighbour {address}: error {error}.");
        }
        var body = datagram[HeaderSize..];
        if (type != NewNeighbour || body.Length < BodySize || body[0] != Libc.AfInet6)
        {
            return false;
        }
        var isIt = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]) == (uint)address.ScopeId;
        var state = BinaryPrimitives.ReadUInt16LittleEndian(body[StateOffset..]);
        ReadOnlySpan<byte> found = [];
        for (var rest = body[BodySize..]; rest.Length >= AttributeHeader; )
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (length < AttributeHeader || length > rest.Length)
            {
                break;
            }
            var value = rest[AttributeHeader..length];
            switch (BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]))
            {
                case AddressAttribute:
                    isIt &= value.SequenceEqual(address.GetAddressBytes());
                    break;
                case LinkAddressAttribute:
                    found = value;
                    break;
            }
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }
        if (isIt && (state & Valid) != 0 && found.Length == MacSize)
        {
            mac = new(found.ToArray());
        }
        return isIt;
    }
}
