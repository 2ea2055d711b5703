using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>What an opener is asked and what it answers: one datagram each, with a descriptor where the kind says so.</summary>
/// <param name="Namespace">As in <see cref="INamespaceSockets"/>; empty where it means nothing.</param>
/// <param name="EndPoint">Null where it means nothing.</param>
/// <param name="Refusal">Of an answer.</param>
readonly record struct OpenerMessage(
    OpenerMessageKind Kind,
    string Namespace = "",
    IPEndPoint? EndPoint = null,
    OpenerRefusal Refusal = OpenerRefusal.None
)
{
    /// <summary>Told first, so that a later form is not taken for this one.</summary>
    const byte Version = 1;

    const byte NoFamily = 0;
    const byte Ipv4Family = 4;
    const byte Ipv6Family = 6;

    /// <summary>Version, kind, refusal, the name's length, the family.</summary>
    const int HeadSize = 5;

    /// <summary>Interface, port.</summary>
    const int PlaceSize = 6;
    const int Ipv6Size = 16;

    /// <summary>More than the names of namespaces that are served have: <c>ovnmeta-</c> and a uuid are 44.</summary>
    public const int LongestName = 64;

    /// <summary>No message is longer.</summary>
    public const int LongestMessage = HeadSize + LongestName + PlaceSize + Ipv6Size;

    /// <summary>Writes the message.</summary>
    /// <param name="buffer">At least <see cref="LongestMessage"/> long.</param>
    /// <returns>Its length.</returns>
    /// <exception cref="EdgeException">The name is too long or not ASCII: no opener would know such a namespace.</exception>
    public int Write(Span<byte> buffer)
    {
        if (Namespace.Length > LongestName || !Ascii.IsValid(Namespace))
        {
            throw new OpenerRefusedException(OpenerRefusal.NotAMetadataNamespace, Namespace, EndPoint);
        }
        buffer[0] = Version;
        buffer[1] = (byte)Kind;
        buffer[2] = (byte)Refusal;
        buffer[3] = (byte)Encoding.ASCII.GetBytes(Namespace, buffer[HeadSize..]);
        var rest = buffer[(HeadSize + Namespace.Length)..];
        if (EndPoint is null)
        {
            buffer[4] = NoFamily;
            return HeadSize + Namespace.Length;
        }
        var isIpv6 = EndPoint.AddressFamily == AddressFamily.InterNetworkV6;
        buffer[4] = isIpv6 ? Ipv6Family : Ipv4Family;
        BinaryPrimitives.WriteUInt32BigEndian(rest, isIpv6 ? (uint)EndPoint.Address.ScopeId : 0);
        BinaryPrimitives.WriteUInt16BigEndian(rest[4..], (ushort)EndPoint.Port);
        EndPoint.Address.TryWriteBytes(rest[PlaceSize..], out var size);
        return HeadSize + Namespace.Length + PlaceSize + size;
    }

    /// <summary>Sends the message, never waiting for room.</summary>
    /// <param name="connection">Of packets.</param>
    /// <param name="descriptor">Goes along; stays the caller's.</param>
    /// <exception cref="IOException">The peer is gone, or does not read what it was sent.</exception>
    /// <inheritdoc cref="Write"/>
    public void SendTo(Socket connection, Descriptor? descriptor = null)
    {
        Span<byte> bytes = stackalloc byte[LongestMessage];
        DescriptorMessage.Send(connection, bytes[..Write(bytes)], descriptor);
    }

    /// <summary>Reads a whole datagram; every byte must be where <see cref="Write"/> puts it.</summary>
    /// <returns>Null if it is no message.</returns>
    public static OpenerMessage? Read(ReadOnlySpan<byte> bytes)
    {
        if (
            bytes.Length < HeadSize
            || bytes[0] != Version
            || !Enum.IsDefined((OpenerMessageKind)bytes[1])
            || !Enum.IsDefined((OpenerRefusal)bytes[2])
            || bytes[3] > LongestName
            || bytes.Length < HeadSize + bytes[3]
        )
        {
            return null;
        }
        var name = bytes.Slice(HeadSize, bytes[3]);
        var rest = bytes[(HeadSize + name.Length)..];
        var size = bytes[4] switch
        {
            NoFamily => 0,
            Ipv4Family => PlaceSize + sizeof(uint),
            Ipv6Family => PlaceSize + Ipv6Size,
            _ => -1,
        };
        if (rest.Length != size || name.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            return null;
        }
        IPEndPoint? endPoint = null;
        if (size > 0)
        {
            var index = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (bytes[4] == Ipv4Family && index != 0)
            {
                return null;
            }
            IPAddress address = bytes[4] == Ipv6Family ? new(rest[PlaceSize..], index) : new(rest[PlaceSize..]);
            endPoint = new(address, BinaryPrimitives.ReadUInt16BigEndian(rest[4..]));
        }
        return new((OpenerMessageKind)bytes[1], Encoding.ASCII.GetString(name), endPoint, (OpenerRefusal)bytes[2]);
    }
}

/// <summary>The kinds of <see cref="OpenerMessage"/>. The numbers go over the wire and are never used again.</summary>
enum OpenerMessageKind : byte
{
    /// <summary>Asks for a listening socket. Answered with it.</summary>
    Listen = 1,

    /// <summary>Asks for a socket that tells of changes of IPv6 addresses. Answered with it.</summary>
    WatchIpv6 = 2,

    /// <summary>A namespace is no longer listened in. Answered.</summary>
    Forget = 3,

    /// <summary>Carries a listening socket to be kept: to an opener that has been started anew, or to a successor. Answered.</summary>
    Keep = 4,

    /// <summary>Who asks is the one that serves from now on. Answered; whoever did before is told <see cref="Leave"/>.</summary>
    Serve = 5,

    /// <summary>An opener is to give all that it keeps to its successor: a <see cref="Keep"/> for each, then the answer.</summary>
    TakeOver = 6,

    /// <summary>To who serves: another does now.</summary>
    Leave = 7,

    /// <summary>The answer to each question.</summary>
    Answer = 8,
}
