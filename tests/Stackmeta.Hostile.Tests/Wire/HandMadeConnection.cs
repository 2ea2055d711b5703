using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Stackmeta.Hostile.Tests;

/// <summary>
/// A TCP connection whose every frame is written by hand, so that each may claim another MAC or address. The machine's own kernel is kept
/// from resetting it (<see cref="Machine.FirstHandMadePort"/>).
/// </summary>
sealed class HandMadeConnection
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    readonly Machine _machine;
    readonly Wire _wire;
    readonly IPAddress _source;
    readonly IPAddress _server;
    readonly byte[] _serverMac;
    readonly ushort _port;
    uint _next;
    uint _seen;

    public HandMadeConnection(Machine machine, Wire wire, IPAddress source, ushort port)
    {
        (_machine, _wire, _source, _port) = (machine, wire, source, port);
        _server = source.AddressFamily == AddressFamily.InterNetworkV6 ? Machine.ServerIpv6 : Machine.ServerIpv4;
        _serverMac = machine.Network.ServerMac;
        _next = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
    }

    ushort Type => _source.AddressFamily == AddressFamily.InterNetworkV6 ? Frames.Ipv6 : Frames.Ipv4;

    /// <summary>The first packet.</summary>
    /// <param name="mac">Whose frame it claims to be.</param>
    public byte[] Syn(byte[] mac, IPAddress? source = null) => Frame(mac, Frames.Syn, [], source);

    /// <summary>Sends the frames, waits for the handshake's answer, and ends the handshake with the machine's own MAC.</summary>
    public async Task<bool> ConnectAsync(params byte[][] frames)
    {
        _wire.Send(frames);
        var answer = await _wire.ReceiveAsync(frame => FlagsOf(frame) is (Frames.Syn | Frames.Ack), Patience);
        if (answer is null)
        {
            return false;
        }
        var tcp = TcpOf(answer);
        _seen = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]) + 1;
        _next = BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]);
        _wire.Send(Frame(_machine.Mac, Frames.Ack, []));
        return true;
    }

    /// <summary>Sends a request and returns what came back for it, until nothing more comes.</summary>
    public async Task<byte[]> AskAsync(string request)
    {
        var payload = Encoding.ASCII.GetBytes(request);
        _wire.Send(Frame(_machine.Mac, Frames.Ack | Frames.Push, payload));
        _next += (uint)payload.Length;
        var answer = new MemoryStream();
        while (await _wire.ReceiveAsync(frame => FlagsOf(frame) is not null, Patience) is { } frame)
        {
            var flags = FlagsOf(frame)!.Value;
            var data = DataOf(frame);
            if (BinaryPrimitives.ReadUInt32BigEndian(TcpOf(frame)[4..]) == _seen)
            {
                answer.Write(data);
                _seen += (uint)data.Length;
            }
            if ((flags & (Frames.Reset | Frames.Fin)) != 0)
            {
                break;
            }
            if (data.Length > 0)
            {
                _wire.Send(Frame(_machine.Mac, Frames.Ack, []));
            }
        }
        return answer.ToArray();
    }

    public void End() => _wire.Send(Frame(_machine.Mac, Frames.Reset | Frames.Ack, []));

    byte[] Frame(byte[] mac, byte flags, byte[] payload, IPAddress? source = null) =>
        Frames.Ethernet(
            _serverMac,
            mac,
            Type,
            Frames.TcpPacket(source ?? _source, _server, (_port, 80), _next, _seen, flags, payload)
        );

    int HeaderLength => Type == Frames.Ipv6 ? 40 : 20;

    byte? FlagsOf(byte[] frame)
    {
        var tcp = 14 + HeaderLength;
        return
            frame.Length >= tcp + 20
            && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == Type
            && frame[14 + (Type == Frames.Ipv6 ? 6 : 9)] == 6
            && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(tcp)) == 80
            && BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(tcp + 2)) == _port
            ? frame[tcp + 13]
            : null;
    }

    ReadOnlySpan<byte> TcpOf(byte[] frame) => frame.AsSpan(14 + HeaderLength);

    byte[] DataOf(byte[] frame)
    {
        var start = 14 + HeaderLength;
        var length =
            Type == Frames.Ipv6
                ? BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(18))
                : BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(16)) - 20;
        var header = (frame[start + 12] >> 4) * 4;
        return frame[(start + header)..(start + length)];
    }
}
