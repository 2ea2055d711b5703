using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge.Tests;

/// <summary>A veth pair: one end for a bridge, and the other on which a test plays the guest, frame by frame.</summary>
sealed class Cable : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>BR_STATE_FORWARDING of linux/if_bridge.h.</summary>
    const string Forwarding = "3\n";

    readonly Socket _socket;

    Cable(string device, Socket socket) => (Device, _socket) = (device, socket);

    /// <summary>The end for the bridge.</summary>
    public string Device { get; }

    public static async Task<Cable> CreateAsync()
    {
        var id = Guid.NewGuid();
        var (device, guest) = (DeviceNames.Tap(id), $"gst{id:N}"[..14]);
        await Command
            .Ip(null, "link", "add", "name", device, "type", "veth", "peer", "name", guest)
            .RunAsync(Cancellation);
        if (LinkProvisioner.HostHasIpv6())
        {
            await new Command("sysctl", "-qw", $"net.ipv6.conf.{guest}.disable_ipv6=1").RunAsync(Cancellation);
        }
        await Command.Ip(null, "link", "set", "dev", guest, "up").RunAsync(Cancellation);
        var index = int.Parse(
            await File.ReadAllTextAsync($"/sys/class/net/{guest}/ifindex", Cancellation),
            CultureInfo.InvariantCulture
        );
        var socket = new Socket(AddressFamily.Packet, SocketType.Raw, LinkEndPoint.EveryProtocol);
        socket.Bind(new LinkEndPoint(index));
        return new(device, socket);
    }

    /// <summary>
    /// Waits until the bridge passes its frames on: the kernel looks for a carrier in its own time, and what is sent before goes nowhere.
    /// </summary>
    public Task ForwardsAsync() =>
        EdgeRig.EventuallyAsync(
            () => File.ReadAllText($"/sys/class/net/{Device}/brport/state") == Forwarding,
            $"{Device} forwards"
        );

    public async Task SendAsync(IReadOnlyList<(string Name, byte[] Frame)> frames)
    {
        foreach (var (_, frame) in frames)
        {
            await _socket.SendAsync(frame, Cancellation);
        }
    }

    /// <summary>Sends frames from here, and tells which of them arrive there; the last one must.</summary>
    public async Task<IReadOnlyList<string>> PassAsync(
        Cable other,
        params IReadOnlyList<(string Name, byte[] Frame)> frames
    )
    {
        await SendAsync(frames);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        var arrived = new List<string>();
        var buffer = new byte[2048];
        while (arrived.Count == 0 || arrived[^1] != frames[^1].Name)
        {
            var length = await other._socket.ReceiveAsync(buffer, limit.Token);
            arrived.AddRange(
                frames
                    .Where(sent => buffer.AsSpan(0, length).SequenceEqual(Frames.WithoutVlan(sent.Frame)))
                    .Select(sent => sent.Name)
            );
        }
        return arrived;
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await Command.Ip(null, "link", "delete", "dev", Device).CaptureAsync(CancellationToken.None);
    }

    /// <summary>sockaddr_ll of packet(7).</summary>
    sealed class LinkEndPoint(int index) : EndPoint
    {
        /// <summary>ETH_P_ALL in network byte order.</summary>
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
