using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Stackmeta.Edge;

/// <summary>What became of a guest's first packet.</summary>
public enum GuestProbeResult
{
    /// <summary>The handshake was answered: link, address, rules and listener are in order.</summary>
    Accepted,

    /// <summary>Reset: nobody listens, or a rule says so.</summary>
    Refused,

    /// <summary>Nothing came back.</summary>
    Lost,
}

/// <summary>
/// Sends the first packet of a connection (a TCP SYN) as a guest would: with its MAC and address, into the namespace's end of the
/// link, so that it passes everything a guest's packet passes from the bridge on. The connection is never finished, so no
/// listener counts it, and a guest that hears of it resets it, as it does with any packet of a connection that it does not know.
/// </summary>
/// <remarks>Needs CAP_NET_RAW and a veth pair between bridge and namespace, as the edge and Neutron's Linux bridge agent make it.</remarks>
public static class GuestProbe
{
    /// <summary>Asks port 80 of 169.254.169.254.</summary>
    /// <param name="bridgeEnd">The pair's end on the bridge.</param>
    /// <param name="gatewayMac">The MAC of its other end, which answers.</param>
    /// <param name="guestMac">The MAC of the guest's port.</param>
    /// <param name="guestAddress">Its IPv4 address.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EdgeException">The packet cannot be sent.</exception>
    public static async Task<GuestProbeResult> SendAsync(
        string bridgeEnd,
        PhysicalAddress gatewayMac,
        PhysicalAddress guestMac,
        IPAddress guestAddress,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var frames = new ProbeFrames(gatewayMac.GetAddressBytes(), guestMac.GetAddressBytes(), guestAddress);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        try
        {
            using var socket = new Socket(AddressFamily.Packet, SocketType.Raw, LinkEndPoint.EveryProtocol);
            socket.Bind(new LinkEndPoint(IndexOf(bridgeEnd)));
            await socket.SendAsync(frames.Syn, cancellationToken);
            var received = new byte[2048];
            while (true)
            {
                var length = await socket.ReceiveAsync(received, timeout.Token);
                var frame = received.AsMemory(0, length);
                if (frames.AsksForGuest(frame.Span))
                {
                    // The guest may be down, and that is another question.
                    await socket.SendAsync(frames.ArpReply, cancellationToken);
                }
                else if (frames.Answer(frame.Span) is { } answer)
                {
                    if (answer == GuestProbeResult.Accepted)
                    {
                        await socket.SendAsync(frames.Reset, cancellationToken);
                    }
                    return answer;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return GuestProbeResult.Lost;
        }
        catch (SocketException e)
        {
            throw new EdgeException($"A packet cannot be sent through {bridgeEnd}: {e.Message}", e);
        }
    }

    static int IndexOf(string device) =>
        HostLink.FindIndex(device) ?? throw new EdgeException($"There is no interface '{device}' on this host.");

    /// <summary>sockaddr_ll of packet(7): everything that passes one interface.</summary>
    sealed class LinkEndPoint(int index) : EndPoint
    {
        /// <summary>ETH_P_ALL in network byte order, as packet(7) wants it.</summary>
        public const ProtocolType EveryProtocol = (ProtocolType)0x0300;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20) { [2] = 0x00, [3] = 0x03 };
            BitConverter.TryWriteBytes(address.Buffer.Span[4..], index);
            return address;
        }
    }
}
