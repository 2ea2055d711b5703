using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>Follows which interface of a namespace has an IPv6 address, by the kernel's own word (rtnetlink(7)).</summary>
/// <param name="socket">From <see cref="INamespaceSockets.WatchIpv6Async"/>; disposed of with this.</param>
/// <param name="address">The one that matters.</param>
/// <param name="loop">Tells of changes; waiting costs nothing but an entry there, since every namespace has one of these.</param>
sealed class Ipv6Watch(Socket socket, IPAddress address, EventLoop loop) : IPollable, IDisposable
{
    // linux/rtnetlink.h: RTMGRP_IPV6_IFADDR.
    const int Ipv6AddressGroup = 0x100;

    /// <summary>The kernel puts no more of a list into one datagram (rtnetlink dumps).</summary>
    const int LongestPart = 32 * 1024;

    /// <summary>By interface index. Locked where it is used.</summary>
    readonly SortedList<int, DuplicateDetection> _interfaces = [];

    // Set once, by StartAsync.
    TaskCompletionSource? _isKnown;
    Action? _changed;
    ulong _number;

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
    public Ipv6Assignment? Current
    {
        get
        {
            lock (_interfaces)
            {
                return _interfaces.Count > 0 ? new(_interfaces.GetKeyAtIndex(0), _interfaces.GetValueAtIndex(0)) : null;
            }
        }
    }

    /// <summary>Begins; completes when the present state is known.</summary>
    /// <param name="changed">Called after each later change, on the loop's thread.</param>
    /// <exception cref="SocketException">The kernel tells nothing.</exception>
    public async Task StartAsync(Action changed)
    {
        _isKnown = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _changed = changed;
        socket.Blocking = false;
        socket.Send(Ipv6Message.AskForAll);
        loop.Add(socket.SafeHandle, PollEvents.Readable, this, out _number);
        await _isKnown.Task;
    }

    void IPollable.OnReady(EventLoop _, PollEvents events)
    {
        var part = ArrayPool<byte>.Shared.Rent(LongestPart);
        try
        {
            SocketError error;
            for (int length; (length = socket.Receive(part, SocketFlags.None, out error)) > 0; )
            {
                Take(part.AsSpan(0, length));
            }
            if (error == SocketError.NoBufferSpaceAvailable)
            {
                AskAgain();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It has ended.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(part);
        }
    }

    /// <summary>What was told is lost; it is asked for anew.</summary>
    void IPollable.Failed()
    {
        try
        {
            AskAgain();
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It has ended.
        }
    }

    void Take(ReadOnlySpan<byte> datagram)
    {
        var messages = new List<Ipv6Message>();
        var isEnd = Ipv6Message.Parse(datagram, messages);
        lock (_interfaces)
        {
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
        }
        if (!_isKnown!.Task.IsCompleted)
        {
            if (isEnd)
            {
                _isKnown.TrySetResult();
            }
        }
        else
        {
            _changed!();
        }
    }

    /// <summary>Some changes were lost (netlink(7)).</summary>
    void AskAgain()
    {
        lock (_interfaces)
        {
            _interfaces.Clear();
        }
        socket.Send(Ipv6Message.AskForAll);
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

    public void Dispose()
    {
        loop.Remove(socket.SafeHandle, _number);
        socket.Dispose();
    }
}

/// <summary>Where an IPv6 address is.</summary>
readonly record struct Ipv6Assignment(int InterfaceIndex, DuplicateDetection Detection);
