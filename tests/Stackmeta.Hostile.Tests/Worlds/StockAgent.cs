using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Hostile.Tests;

/// <summary>
/// An agent as others write them, which finds the guest by the two headers and believes them. It takes no notice of a GET's body, so that
/// what a guest hides there would be its next request.
/// </summary>
sealed class StockAgent : IDisposable
{
    readonly Socket _listener;
    readonly World _world;
    readonly ConcurrentQueue<string> _heads = new();

    StockAgent(Socket listener, World world) => (_listener, _world) = (listener, world);

    /// <summary>What came, head by head, oldest first; taken away.</summary>
    public IReadOnlyList<string> TakeHeads()
    {
        var heads = new List<string>();
        while (_heads.TryDequeue(out var head))
        {
            heads.Add(head);
        }
        return heads;
    }

    public static StockAgent Start(string path, World world)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1024);
        var agent = new StockAgent(listener, world);
        _ = agent.AcceptAsync();
        return agent;
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The world ends.
        }
    }

    async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var received = new List<byte>();
        var buffer = new byte[16384];
        try
        {
            while (true)
            {
                int end;
                while ((end = EndOfHead(received)) < 0)
                {
                    var count = await socket.ReceiveAsync(buffer);
                    if (count == 0)
                    {
                        return;
                    }
                    received.AddRange(buffer.AsSpan(0, count));
                }
                var head = Encoding.Latin1.GetString([.. received[..end]]);
                received.RemoveRange(0, end + 4);
                _heads.Enqueue(head);
                if (!head.StartsWith("GET ", StringComparison.Ordinal))
                {
                    while (received.Count < LengthOf(head))
                    {
                        var count = await socket.ReceiveAsync(buffer);
                        if (count == 0)
                        {
                            return;
                        }
                        received.AddRange(buffer.AsSpan(0, count));
                    }
                    received.RemoveRange(0, LengthOf(head));
                }
                var body = Encoding.ASCII.GetBytes(SecretFor(head) ?? "");
                var status = body.Length > 0 ? "200 OK" : "404 Not Found";
                await socket.SendAsync(
                    Encoding
                        .ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n")
                        .Concat(body)
                        .ToArray()
                );
            }
        }
        catch (SocketException)
        {
            // The edge has gone.
        }
    }

    static int EndOfHead(List<byte> received) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(received).IndexOf("\r\n\r\n"u8);

    static int LengthOf(string head) =>
        int.TryParse(Header(head, "Content-Length").FirstOrDefault(), out var length) ? length : 0;

    /// <summary>The last value counts, as where headers become a map.</summary>
    string? SecretFor(string head)
    {
        var network = Header(head, "X-Neutron-Network-ID").LastOrDefault();
        var client = Header(head, "X-Forwarded-For").LastOrDefault();
        return _world
            .Machines.FirstOrDefault(machine =>
                machine.Network.Id == network
                && (
                    machine.LinkLocal.ToString() == client
                    || machine.Addresses.Any(address => address.ToString() == client)
                )
            )
            ?.Secret;
    }

    /// <summary>The values of a header, in whichever case and with either of the two hyphens.</summary>
    public static IEnumerable<string> Header(string head, string name) =>
        head.Split(["\r\n", "\n", "\r"], StringSplitOptions.None)
            .Skip(1)
            .Select(line => line.Split(':', 2))
            .Where(parts =>
                parts.Length == 2 && parts[0].Trim().Replace('_', '-').Equals(name, StringComparison.OrdinalIgnoreCase)
            )
            .Select(parts => parts[1].Trim());

    public void Dispose() => _listener.Dispose();
}
