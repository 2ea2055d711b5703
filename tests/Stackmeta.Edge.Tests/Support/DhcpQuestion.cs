using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Stackmeta.Edge.Tests;

/// <summary>A DISCOVER (RFC 2131 §4.4.1) with a parameter request list of the test's own, as no DHCP client of Debian's sends it.</summary>
static class DhcpQuestion
{
    const int HeaderSize = 236;
    const uint MagicCookie = 0x63825363;
    const byte MessageType = 53;
    const byte Discover = 1;
    const byte Offer = 2;
    const byte ParameterRequestList = 55;
    const byte Pad = 0;
    const byte End = 255;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks from a guest that has no address yet.</summary>
    /// <param name="codes">The options that are asked for.</param>
    /// <returns>The options of the offer.</returns>
    public static Task<IReadOnlyDictionary<byte, byte[]>> AskAsync(
        GuestNamespace guest,
        PhysicalAddress mac,
        params byte[] codes
    ) => AskAsync(guest, mac, [], codes);

    /// <inheritdoc cref="AskAsync(GuestNamespace, PhysicalAddress, byte[])"/>
    /// <param name="more">Options that are sent besides.</param>
    public static async Task<IReadOnlyDictionary<byte, byte[]>> AskAsync(
        GuestNamespace guest,
        PhysicalAddress mac,
        byte[] more,
        params byte[] codes
    )
    {
        using var socket = NetworkNamespace.CreateSocket(guest.Name, AddressFamily.InterNetwork, SocketType.Dgram);
        socket.EnableBroadcast = true;
        // SOL_SOCKET, SO_BINDTODEVICE of asm-generic/socket.h: there is no route before there is an address.
        socket.SetRawSocketOption(1, 25, "eth0\0"u8);
        // A program that another test starts has the socket of the question before for a moment, between fork(2) and execve(2).
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, 68));
        var transaction = RandomNumberGenerator.GetBytes(4);
        await socket.SendToAsync(Message(transaction, mac, more, codes), new IPEndPoint(IPAddress.Broadcast, 67));

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var buffer = new byte[1500];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, limit.Token);
            if (buffer.AsSpan(4, 4).SequenceEqual(transaction))
            {
                var options = Read(buffer.AsSpan(HeaderSize + sizeof(uint), length - HeaderSize - sizeof(uint)));
                Assert.Equal([Offer], options[MessageType]);
                return options;
            }
        }
    }

    static byte[] Message(byte[] transaction, PhysicalAddress mac, byte[] more, byte[] codes)
    {
        var message = new byte[300];
        // A request over Ethernet, whose answer is to be broadcast (RFC 2131 §2).
        ((byte[])[1, 1, 6, 0, .. transaction, 0, 0, 0x80, 0]).CopyTo(message, 0);
        mac.GetAddressBytes().CopyTo(message, 28);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(HeaderSize), MagicCookie);
        byte[] options = [MessageType, 1, Discover, .. more, ParameterRequestList, (byte)codes.Length, .. codes, End];
        options.CopyTo(message, HeaderSize + sizeof(uint));
        return message;
    }

    static Dictionary<byte, byte[]> Read(ReadOnlySpan<byte> octets)
    {
        var options = new Dictionary<byte, byte[]>();
        while (octets is [var code, .. var rest] && code != End)
        {
            if (code == Pad)
            {
                octets = rest;
                continue;
            }
            var length = rest[0];
            options.Add(code, rest.Slice(1, length).ToArray());
            octets = rest[(1 + length)..];
        }
        return options;
    }
}
