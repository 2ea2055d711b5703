using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Tests.Support;

/// <summary>
/// Sends bytes as they are and reads the answer as it comes: what HttpClient would mend or refuse is the point of many tests.
/// </summary>
public sealed class RawHttp : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly Socket _socket;
    readonly NetworkStream _stream;
    readonly List<byte> _received = [];

    RawHttp(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public static async Task<RawHttp> ConnectAsync(EndPoint server)
    {
        var socket = new Socket(
            server.AddressFamily,
            SocketType.Stream,
            server.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp
        );
        await socket.ConnectAsync(server);
        return On(socket);
    }

    /// <summary>On a connection that was made otherwise, which is closed with this.</summary>
    public static RawHttp On(Socket connected) => new(connected);

    /// <summary>One request on a connection of its own.</summary>
    public static async Task<RawAnswer> AskAsync(EndPoint server, string request)
    {
        using var connection = await ConnectAsync(server);
        await connection.SendAsync(request);
        return await connection.ReadAnswerAsync(request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    public Task SendAsync(string bytes) => SendAsync(Encoding.Latin1.GetBytes(bytes));

    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);
        }
        catch (IOException)
        {
            // The server may answer and close before it has read all.
        }
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads one answer: head, then the body by its Content-Length, chunks, or the end of the connection.</summary>
    public async Task<RawAnswer> ReadAnswerAsync(bool isHead = false)
    {
        int end;
        while ((end = IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await ReceiveAsync())
            {
                return new RawAnswer(0, [], Take(_received.Count), IsCutShort: true);
            }
        }
        var lines = Encoding.Latin1.GetString([.. _received[..end]]).Split("\r\n");
        _received.RemoveRange(0, end + 4);
        var status = int.Parse(lines[0].Split(' ')[1]);
        var headers = lines[1..].Select(Header).ToList();
        if (status is >= 100 and < 200)
        {
            return await ReadAnswerAsync(isHead);
        }
        if (isHead || status is 204 or 304)
        {
            return new RawAnswer(status, headers, [], IsCutShort: false);
        }
        if (Value(headers, "Transfer-Encoding") == "chunked")
        {
            return await ReadChunksAsync(status, headers);
        }
        var length = Value(headers, "Content-Length") is { } text ? int.Parse(text) : int.MaxValue;
        while (_received.Count < length)
        {
            if (!await ReceiveAsync())
            {
                return new RawAnswer(status, headers, Take(_received.Count), IsCutShort: length != int.MaxValue);
            }
        }
        return new RawAnswer(status, headers, Take(length), IsCutShort: false);
    }

    /// <summary>Whether the server has closed the connection, nothing more having come.</summary>
    public async Task<bool> IsClosedAsync() => _received.Count == 0 && !await ReceiveAsync();

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    async Task<RawAnswer> ReadChunksAsync(int status, List<KeyValuePair<string, string>> headers)
    {
        var body = new List<byte>();
        while (true)
        {
            int end;
            while ((end = IndexOf("\r\n"u8)) < 0)
            {
                if (!await ReceiveAsync())
                {
                    return new RawAnswer(status, headers, [.. body], IsCutShort: true);
                }
            }
            var size = Convert.ToInt32(Encoding.ASCII.GetString(Take(end)), 16);
            while (_received.Count < size + 4)
            {
                if (!await ReceiveAsync())
                {
                    return new RawAnswer(status, headers, [.. body], IsCutShort: true);
                }
            }
            Take(2);
            body.AddRange(Take(size));
            Take(2);
            if (size == 0)
            {
                return new RawAnswer(status, headers, [.. body], IsCutShort: false);
            }
        }
    }

    static KeyValuePair<string, string> Header(string line)
    {
        var colon = line.IndexOf(':');
        return new(line[..colon], line[(colon + 1)..].Trim());
    }

    static string? Value(List<KeyValuePair<string, string>> headers, string name) =>
        headers.Find(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    int IndexOf(ReadOnlySpan<byte> mark) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_received).IndexOf(mark);

    byte[] Take(int count)
    {
        byte[] taken = [.. _received[..count]];
        _received.RemoveRange(0, count);
        return taken;
    }

    async Task<bool> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            var count = await _stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            _received.AddRange(buffer.AsSpan(0, count));
            return count > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

/// <summary>An answer as it came. Status 0: the connection ended without one.</summary>
public sealed record RawAnswer(
    int Status,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    byte[] Body,
    bool IsCutShort
)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? this[string name] =>
        Headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
