using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Agent.Tests;

/// <summary>A metadata API that answers any bytes and remembers what it was sent, byte for byte.</summary>
sealed class FakeApi : IAsyncDisposable
{
    readonly TcpListener _listener;
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentBag<TcpClient> _clients = [];
    readonly Task _accepting;

    public FakeApi(int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Uri => new($"http://127.0.0.1:{Port}");

    public ConcurrentQueue<SentRequest> Requests { get; } = new();

    /// <summary>Connections that were accepted.</summary>
    public int Connections => _clients.Count;

    /// <summary>Told that a request has begun to come: its head is there.</summary>
    public Action OnHead { get; set; } = static () => { };

    /// <summary>Told that a connection has ended.</summary>
    public Action OnClosed { get; set; } = static () => { };

    /// <summary>Answers a request: whatever it writes to the stream. False closes the connection.</summary>
    public Func<SentRequest, Stream, Task<bool>> OnRequest { get; set; } =
        static async (_, stream) =>
        {
            await WriteAsync(stream, Ok("body of the api"));
            return true;
        };

    public void Answer(string bytes) =>
        OnRequest = async (_, stream) =>
        {
            await WriteAsync(stream, bytes);
            return true;
        };

    public void AnswerThenClose(string bytes) =>
        OnRequest = async (_, stream) =>
        {
            await WriteAsync(stream, bytes);
            return false;
        };

    public static string Ok(string body) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public static Task WriteAsync(Stream stream, string bytes) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(bytes)).AsTask();

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
        await _accepting;
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException) { }
    }

    async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                while (await ReadRequestAsync(stream, OnHead) is { } request)
                {
                    Requests.Enqueue(request);
                    if (!await OnRequest(request, stream))
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException) { }
        finally
        {
            OnClosed();
        }
    }

    static async Task<SentRequest?> ReadRequestAsync(NetworkStream stream, Action onHead)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one) == 0)
            {
                return null;
            }
            head.Add(one[0]);
        }
        onHead();
        var lines = Encoding.Latin1.GetString([.. head]).TrimEnd().Split("\r\n");
        var headers = lines[1..].Select(l => l.Split(": ", 2)).ToDictionary(p => p[0], p => p[1]);
        var body = new List<byte>();
        if (headers.TryGetValue("Content-Length", out var length))
        {
            var bytes = new byte[int.Parse(length)];
            await stream.ReadExactlyAsync(bytes);
            body.AddRange(bytes);
        }
        else if (headers.ContainsKey("Transfer-Encoding"))
        {
            using var reader = new BinaryReader(stream, Encoding.Latin1, leaveOpen: true);
            while (true)
            {
                var size = "";
                for (char c; (c = (char)await ReadByteAsync(stream)) != '\n'; )
                {
                    size += c;
                }
                var chunk = new byte[Convert.ToInt32(size.Trim(), 16) + 2];
                await stream.ReadExactlyAsync(chunk);
                if (chunk.Length == 2)
                {
                    break;
                }
                body.AddRange(chunk[..^2]);
            }
        }
        return new SentRequest(lines[0], headers, [.. body]);
    }

    static async Task<byte> ReadByteAsync(NetworkStream stream)
    {
        var one = new byte[1];
        await stream.ReadExactlyAsync(one);
        return one[0];
    }
}

sealed record SentRequest(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body);
