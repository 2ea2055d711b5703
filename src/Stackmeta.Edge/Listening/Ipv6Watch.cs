using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Edge;

/// <summary>Follows which interface of a namespace has an IPv6 address, by the kernel's own word (rtnetlink(7)).</summary>
/// <param name="socket">From <see cref="INamespaceSockets.WatchIpv6Async"/>; disposed of with this.</param>
/// <param name="address">The one that matters.</param>
sealed class Ipv6Watch(Socket socket, IPAddress address) : IDisposable
{
    // linux/rtnetlink.h: RTMGRP_IPV6_IFADDR.
    const int Ipv6AddressGroup = 0x100;

    /// <summary>The kernel puts no more of a list into one datagram (rtnetlink dumps).</summary>
    const int LongestPart = 32 * 1024;

    /// <summary>A change is one address, some hundred bytes. Every namespace has one of these waiting, so it is small.</summary>
    readonly byte[] _change = new byte[1024];

    /// <summary>By interface index. Used by one caller at a time.</summary>
    readonly SortedDictionary<int, DuplicateDetection> _interfaces = [];

    /// <summary>Opens a socket for this in a namespace.</summary>
    /// <exception cref="EdgeException">The namespace is gone.</exception>
    public static Socket OpenSocket(string @namespace)
    {
        ReadOnlySpan<byte> self = [Libc.AfNetlink, 0, 0, 0, 0, 0, 0, 0, 0, Ipv6AddressGroup >> 8, 0, 0];
        var address = self.ToArray();
        var descriptor = NetworkNamespace.Inside(
            @namespace,
            () =>
            {
                var socket = NetworkNamespace.Checked(
                    Libc.Socket(Libc.AfNetlink, Libc.SockRaw | Libc.SockCloexec, 0),
                    "socket"
                );
                NetworkNamespace.Checked(Libc.Bind(socket, ref address[0], address.Length), "bind");
                return socket;
            }
        );
        return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
    }

    /// <summary>What is known now. Null when no interface has the address.</summary>
    public Ipv6Assignment? Current =>
        _interfaces.Count > 0 && _interfaces.First() is var (index, detection) ? new(index, detection) : null;

    /// <summary>Finds out the present state.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        _interfaces.Clear();
        await socket.SendAsync(Ipv6Message.AskForAll, cancellationToken);
        var part = ArrayPool<byte>.Shared.Rent(LongestPart);
        try
        {
            while (!await ReceiveAsync(part, cancellationToken))
            {
                // A long list comes in pieces.
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    /// <summary>Returns when the kernel has told of a change.</summary>
    public async Task NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReceiveAsync(_change, cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.NoBufferSpaceAvailable)
        {
            // Some changes were lost (netlink(7)).
            await AskAsync(cancellationToken);
        }
    }

    async Task<bool> ReceiveAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        var length = await socket.ReceiveAsync(buffer, cancellationToken);
        var messages = new List<Ipv6Message>();
        var isEnd = Ipv6Message.Parse(buffer.AsSpan(0, length), messages);
        foreach (var message in messages.Where(message => message.Address.Equals(address)))
        {
            if (message.Detection is { } detection)
            {
                _interfaces[message.InterfaceIndex] = detection;
            }
            else
            {
                _interfaces.Remove(message.InterfaceIndex);
            }
        }
        return isEnd;
    }

    /// <summary>The name of an interface of the namespace; its number when it is gone.</summary>
    public string NameOf(int index)
    {
        // struct ifreq of linux/if.h: name, then the index.
        Span<byte> request = stackalloc byte[40];
        request.Clear();
        BitConverter.TryWriteBytes(request[16..], index);
        return Libc.Control((int)socket.Handle, Libc.GetInterfaceName, ref request[0]) == 0
            ? Encoding.ASCII.GetString(request[..request.IndexOf((byte)0)])
            : $"interface {index}";
    }

    public void Dispose() => socket.Dispose();
}

/// <summary>Where an IPv6 address is.</summary>
readonly record struct Ipv6Assignment(int InterfaceIndex, DuplicateDetection Detection);
