using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>Whose connections are counted together, within one namespace.</summary>
/// <param name="IsIdentified">Whether the client's MAC is known, by which all addresses of a port are one.</param>
/// <param name="Value">The MAC, or the address where there is none.</param>
readonly record struct GuestKey(bool IsIdentified, UInt128 Value)
{
    /// <param name="mac">Of the frame by which the connection began; null when it is not known.</param>
    /// <param name="peer">The client's address.</param>
    public static GuestKey Of(EthernetAddress? mac, IPAddress peer)
    {
        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        if (mac is { } known)
        {
            known.Write(octets[..EthernetAddress.Size]);
            return new(true, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(octets));
        }
        peer.TryWriteBytes(octets, out _);
        return new(false, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(octets));
    }
}
