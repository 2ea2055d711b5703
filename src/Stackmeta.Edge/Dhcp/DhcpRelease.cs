using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>
/// Tells dnsmasq that a host has given its address back (RFC 2131 §4.4.6), as Neutron does with <c>dhcp_release</c> when a
/// port goes: dnsmasq would otherwise keep the address from its next owner until the lease ends.
/// </summary>
static class DhcpRelease
{
    // RFC 2131 §2, RFC 2132 §9.6, §9.7.
    const int ServerPort = 67;
    const int HeaderSize = 236;
    const byte BootRequest = 1;
    const byte Ethernet = 1;
    const byte MessageType = 53;
    const byte Release = 7;
    const byte ServerIdentifier = 54;
    const byte End = 255;
    const uint MagicCookie = 0x63825363;

    /// <summary>Sends the message from inside the namespace; UDP, so nobody answers.</summary>
    public static void Send(string @namespace, IPAddress server, IPAddress address, PhysicalAddress mac)
    {
        using var socket = NetworkNamespace.CreateSocket(@namespace, AddressFamily.InterNetwork, SocketType.Dgram);
        socket.SendTo(Message(server, address, mac), new IPEndPoint(server, ServerPort));
    }

    static byte[] Message(IPAddress server, IPAddress address, PhysicalAddress mac)
    {
        var hardware = mac.GetAddressBytes();
        // The smallest message that every server takes (RFC 1542 §2.1) is 300 octets.
        var message = new byte[300];
        message[0] = BootRequest;
        message[1] = Ethernet;
        message[2] = (byte)hardware.Length;
        address.GetAddressBytes().CopyTo(message, 12);
        hardware.CopyTo(message, 28);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(HeaderSize), MagicCookie);
        byte[] options = [MessageType, 1, Release, ServerIdentifier, 4, .. server.GetAddressBytes(), End];
        options.CopyTo(message, HeaderSize + sizeof(uint));
        return message;
    }
}
