using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Fuzz;

/// <summary>
/// Stands where a stock agent or a stock API stands: keeps what it is sent, and answers all that a strict reader takes for a request.
/// </summary>
sealed class StockUpstream : IAsyncDisposable
{
    readonly Socket _listening;
    readonly Task _serving;
    readonly Lock _keeping = new();

    // Under the lock.
    readonly List<StrictRequest> _requests = [];
    string? _fault;

    public StockUpstream(EndPoint endPoint)
    {
        _listening = new(
            endPoint.AddressFamily,
            SocketType.Stream,
            endPoint.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp
        );
        _listening.Bind(endPoint);
        _listening.Listen();
        EndPoint = _listening.LocalEndPoint!;
        _serving = ServeAsync();
    }

    public EndPoint EndPoint { get; }

    /// <summary>What has come since the last call.</summary>
    public (List<StrictRequest> Requests, string? Fault) Take()
    {
        lock (_keeping)
        {
            List<StrictRequest> requests = [.. _requests];
            var fault = _fault;
            _requests.Clear();
            _fault = null;
            return (requests, fault);
        }
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listening.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the run.
        }
    }

    async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var (text, buffer) = ("", new byte[64 * 1024]);
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer)) > 0; )
            {
                text += Encoding.Latin1.GetString(buffer, 0, count);
                var requests = StrictReader.Read(text, out text, out var fault);
                foreach (var request in requests)
                {
                    Keep(request);
                    await socket.SendAsync(ResponseTo(request));
                }
                if (fault is not null)
                {
                    Fail($"{fault}: {text}");
                    return;
                }
                if (text.Contains("100-continue", StringComparison.OrdinalIgnoreCase))
                {
                    await socket.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
                }
            }
            if (text.Length > 0)
            {
                Fail($"cut short: {text}");
            }
        }
        catch (SocketException)
        {
            // The hop gave the connection up.
        }
    }

    static byte[] ResponseTo(StrictRequest request)
    {
        var page = $"{request.Method} {request.Target} {request.Body.Length}";
        var body = request.Method == "HEAD" ? "" : page;
        return Encoding.Latin1.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {page.Length}\r\n\r\n{body}"
        );
    }

    void Keep(StrictRequest request)
    {
        lock (_keeping)
        {
            _requests.Add(request);
        }
    }

    void Fail(string fault)
    {
        lock (_keeping)
        {
            _fault ??= fault;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listening.Dispose();
        await _serving;
    }
}
