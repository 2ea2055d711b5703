using System.Buffers.Binary;
using System.Net;

namespace Stackmeta.Edge;

/// <summary>What the kernel says of one IPv6 address of an interface (rtnetlink(7)).</summary>
/// <param name="Detection">Null when the interface no longer has the address.</param>
readonly record struct Ipv6Message(IPAddress Address, int InterfaceIndex, DuplicateDetection? Detection)
{
    // linux/netlink.h, linux/rtnetlink.h.
    const int HeaderSize = 16;
    const ushort Error = 2;
    const ushort Done = 3;
    const ushort NewAddress = 20;
    const ushort DeletedAddress = 21;
    const ushort GetAddress = 22;
    const ushort Request = 0x001;
    const ushort Dump = 0x300;

    // linux/if_addr.h.
    const int AddressSize = 8;
    const ushort AddressAttribute = 1;
    const ushort FlagsAttribute = 8;
    const uint DetectionFailed = 0x08;
    const uint Tentative = 0x40;

    /// <summary>Asks for all IPv6 addresses of the namespace.</summary>
    public static byte[] AskForAll { get; } = MakeQuestion();

    /// <summary>Reads one datagram; what is something else is passed over.</summary>
    /// <param name="datagram">As received.</param>
    /// <param name="messages">Gets the addresses that it tells of.</param>
    /// <returns>Whether it ends the answer to <see cref="AskForAll"/>.</returns>
    public static bool Parse(ReadOnlySpan<byte> datagram, List<Ipv6Message> messages)
    {
        var isEnd = false;
        while (datagram.Length >= HeaderSize)
        {
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(datagram);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]);
            if (length < HeaderSize || length > datagram.Length)
            {
                break;
            }
            isEnd |= type is Done or Error;
            if (
                type is NewAddress or DeletedAddress
                && Read(datagram[HeaderSize..length], type == NewAddress) is { } message
            )
            {
                messages.Add(message);
            }
            datagram = datagram[Math.Min(Aligned(length), datagram.Length)..];
        }
        return isEnd;
    }

    static Ipv6Message? Read(ReadOnlySpan<byte> body, bool isThere)
    {
        if (body.Length < AddressSize || body[0] != Libc.AfInet6)
        {
            return null;
        }
        uint flags = body[2];
        var index = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
        IPAddress? address = null;
        for (var rest = body[AddressSize..]; rest.Length >= 4; )
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (length < 4 || length > rest.Length)
            {
                break;
            }
            switch (BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]))
            {
                case AddressAttribute when length == 4 + 16:
                    address = new(rest[4..length]);
                    break;
                case FlagsAttribute when length == 4 + 4:
                    flags = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
                    break;
            }
            rest = rest[Math.Min(Aligned(length), rest.Length)..];
        }
        var detection =
            (flags & DetectionFailed) != 0 ? DuplicateDetection.Failed
            : (flags & Tentative) != 0 ? DuplicateDetection.Running
            : DuplicateDetection.Passed;
        return address is null ? null : new(address, index, isThere ? detection : null);
    }

    static byte[] MakeQuestion()
    {
        // The body is an ifaddrmsg whose family is all that counts.
        var question = new byte[HeaderSize + AddressSize];
        BinaryPrimitives.WriteUInt32LittleEndian(question, (uint)question.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(4), GetAddress);
        BinaryPrimitives.WriteUInt16LittleEndian(question.AsSpan(6), Request | Dump);
        question[HeaderSize] = Libc.AfInet6;
        return question;
    }

    static int Aligned(int length) => (length + 3) & ~3;
}

/// <summary>Whether another host on the link has the address (RFC 4862 §5.4).</summary>
enum DuplicateDetection
{
    Passed,
    Running,
    Failed,
}
