using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Inventory.Tests;

/// <summary>
/// Stands between the program and a server and does to messages what some servers, networks and poolers do
/// (postgresql.org/docs/current/protocol-message-formats.html). Without TLS; authentication passes through.
/// </summary>
public sealed class PostgresProxy : IAsyncDisposable
{
    // A message has a type, but for the first one of a client, and then a length that counts itself.
    const int LengthSize = 4;
    const byte NotificationResponse = (byte)'A';

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly int _server;
    readonly Task _accepting;

    public PostgresProxy(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Whether statements reach the server with LISTEN and NOTIFY misspelt, so that it does not know them.</summary>
    public bool WithoutNotify { get; init; }

    /// <summary>Whether notifications are lost on the way.</summary>
    public bool LosesNotifications { get; init; }

    public string Url(string database) =>
        $"postgresql://{PostgresServer.Role}:{Uri.EscapeDataString(PostgresServer.Password)}@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{database}?sslmode=disable";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                served.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                var (near, far) = (client.GetStream(), server.GetStream());
                var first = PassAsync(near, far, isFirst: true, Misspelt);
                var second = PassAsync(far, near, isFirst: false, message => message);
                await Task.WhenAny(first, second);
                client.Close();
                server.Close();
                await Task.WhenAll(first, second);
            }
            catch (Exception e)
                when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One of both is gone, and so is the other.
            }
        }
    }

    async Task PassAsync(NetworkStream from, NetworkStream to, bool isFirst, Func<byte[], byte[]> change)
    {
        while (true)
        {
            var head = new byte[isFirst ? LengthSize : LengthSize + 1];
            await from.ReadExactlyAsync(head, _stop.Token);
            var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(isFirst ? 0 : 1));
            var body = new byte[length - LengthSize];
            await from.ReadExactlyAsync(body, _stop.Token);
            if (isFirst || head[0] != NotificationResponse || !LosesNotifications)
            {
                await to.WriteAsync((byte[])[.. head, .. isFirst ? body : change(body)], _stop.Token);
            }
            isFirst = false;
        }
    }

    byte[] Misspelt(byte[] message) =>
        WithoutNotify
            ? Encoding.Latin1.GetBytes(
                Encoding
                    .Latin1.GetString(message)
                    .Replace("LISTEN ", "LISTNE ", StringComparison.Ordinal)
                    .Replace("pg_notify", "pg_notfiy", StringComparison.Ordinal)
            )
            : message;
}
