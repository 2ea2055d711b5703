using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Stackmeta.Bench.Load;

/// <summary>One of those who ask at once: a connection, what was sent on it, and what has come back so far.</summary>
sealed unsafe class Asker(int slot, int epoll) : IDisposable
{
    const int MostHead = 16 * 1024;

    readonly byte[] _received = GC.AllocateArray<byte>(256 * 1024, pinned: true);
    int _socket = -1;
    int _sent;
    int _length;
    int _headLength;
    int _bodyLength;
    bool _mustClose;
    long _began;
    Place? _connectedTo;

    public Question Question { get; private set; }

    public bool IsConnected { get; private set; }

    public long Began => _began;

    public int Status { get; private set; }

    public ReadOnlySpan<byte> Body => _received.AsSpan(_headLength, _length - _headLength);

    /// <summary>Begins a question, on the connection that is open if it may be kept and leads to the right place.</summary>
    /// <param name="here">The namespace that the thread is in; changed when the question asks for another.</param>
    public void Begin(in Question question, bool keep, ref NamespaceHandle? here)
    {
        Question = question;
        _sent = _length = _headLength = 0;
        _bodyLength = -1;
        Status = 0;
        _began = Stopwatch.GetTimestamp();
        if (!keep || _mustClose || !ReferenceEquals(_connectedTo, question.Place))
        {
            Close();
            Connect(ref here);
        }
        if (IsConnected)
        {
            Send();
        }
    }

    void Connect(ref NamespaceHandle? here)
    {
        var place = Question.Place;
        if (place.Namespace is { } wanted && !ReferenceEquals(wanted, here))
        {
            wanted.Enter();
            here = wanted;
        }
        _socket = Libc.Socket(place.Family, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (_socket < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "socket");
        }
        var one = 1;
        if (place.Family == Libc.AfInet)
        {
            _ = Libc.SetOption(_socket, Libc.IpProtoTcp, Libc.TcpNoDelay, &one, sizeof(int));
        }
        if (place.Source is { } source)
        {
            // The port is chosen by connect, which knows the whole connection: bind would run out of ports.
            _ = Libc.SetOption(_socket, Libc.IpProtoIp, Libc.IpBindAddressNoPort, &one, sizeof(int));
            fixed (byte* address = source)
            {
                if (Libc.Bind(_socket, address, source.Length) != 0)
                {
                    throw new Win32Exception(Marshal.GetLastPInvokeError(), "bind");
                }
            }
        }
        var @event = new Libc.EpollEvent { Events = Libc.EpollIn | Libc.EpollOut | Libc.EpollEdge, Slot = slot };
        fixed (byte* address = place.Server)
        {
            IsConnected = Libc.Connect(_socket, address, place.Server.Length) == 0;
        }
        var error = IsConnected ? 0 : Marshal.GetLastPInvokeError();
        if (error is not (0 or Libc.InProgress))
        {
            // A unix socket whose queue is full says so at once; the asker tries again with its next question.
            throw new IOException($"connect: {new Win32Exception(error).Message}");
        }
        _ = Libc.EpollControl(epoll, Libc.EpollAdd, _socket, &@event);
        _connectedTo = place;
        _mustClose = false;
    }

    /// <summary>The connection is made, or could not be.</summary>
    public void Connected()
    {
        int error,
            length = sizeof(int);
        _ = Libc.GetOption(_socket, Libc.SolSocket, Libc.SoError, &error, &length);
        if (error != 0)
        {
            throw new IOException($"connect: {new Win32Exception(error).Message}");
        }
        IsConnected = true;
        Send();
    }

    /// <summary>There is room again for what could not be sent.</summary>
    public void SendRest()
    {
        if (IsConnected && _sent < Question.Request.Length)
        {
            Send();
        }
    }

    void Send()
    {
        var request = Question.Request;
        fixed (byte* bytes = request)
        {
            while (_sent < request.Length)
            {
                var sent = Libc.Send(_socket, bytes + _sent, request.Length - _sent, Libc.MsgNoSignal);
                if (sent < 0)
                {
                    var error = Marshal.GetLastPInvokeError();
                    if (error == Libc.Again)
                    {
                        return;
                    }
                    throw new IOException($"send: {new Win32Exception(error).Message}");
                }
                _sent += (int)sent;
            }
        }
    }

    /// <summary>Reads what has come.</summary>
    /// <returns>Whether the answer is whole.</returns>
    public bool Receive()
    {
        fixed (byte* bytes = _received)
        {
            while (true)
            {
                var received = Libc.Receive(_socket, bytes + _length, _received.Length - _length, 0);
                if (received < 0)
                {
                    var error = Marshal.GetLastPInvokeError();
                    return error == Libc.Again
                        ? false
                        : throw new IOException($"recv: {new Win32Exception(error).Message}");
                }
                _length += (int)received;
                if (_headLength == 0)
                {
                    ReadHead();
                }
                if (received == 0)
                {
                    _mustClose = true;
                    return _headLength > 0 && (_bodyLength < 0 || Body.Length == _bodyLength)
                        ? true
                        : throw new IOException(_length == 0 ? "closed without an answer" : "closed within the answer");
                }
                if (_headLength > 0 && _bodyLength >= 0 && Body.Length >= _bodyLength)
                {
                    return true;
                }
            }
        }
    }

    void ReadHead()
    {
        var end = _received.AsSpan(0, Math.Min(_length, MostHead)).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return;
        }
        _headLength = end + 4;
        var head = Encoding.Latin1.GetString(_received.AsSpan(0, end));
        Status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        foreach (var line in head.Split("\r\n").Skip(1))
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                _bodyLength = int.Parse(line.AsSpan(15).Trim(), CultureInfo.InvariantCulture);
            }
            else if (line.StartsWith("Connection: close", StringComparison.OrdinalIgnoreCase))
            {
                _mustClose = true;
            }
        }
        // Without a length the answer ends with the connection (RFC 9112 §6.3), as uWSGI's do.
        _mustClose |= _bodyLength < 0;
    }

    public void Close()
    {
        if (_socket >= 0)
        {
            _ = Libc.Close(_socket);
            _socket = -1;
        }
        IsConnected = false;
        _connectedTo = null;
        _mustClose = false;
    }

    public void Dispose() => Close();
}
