using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Edge.Tests;

/// <summary>An agent's socket on which each connection is played by a test, byte for byte.</summary>
sealed class ScriptedAgent : IAsyncDisposable
{
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("stackmeta-edge-script-");
    readonly Socket _listening = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly Task _playing;

    /// <param name="connections">What happens on the first connection, the second, and so on; later ones are closed at once.</param>
    public ScriptedAgent(params Func<ScriptedConnection, Task>[] connections)
    {
        _listening.Bind(new UnixDomainSocketEndPoint(Path));
        _listening.Listen();
        _playing = PlayAsync(connections);
    }

    public string Path => System.IO.Path.Combine(_directory.FullName, "metadata_proxy");

    /// <summary>Connections so far.</summary>
    public int Count { get; private set; }

    async Task PlayAsync(Func<ScriptedConnection, Task>[] connections)
    {
        try
        {
            var playing = new List<Task>();
            while (true)
            {
                var socket = await _listening.AcceptAsync();
                playing.Add(PlayOneAsync(socket, connections.ElementAtOrDefault(Count++)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    static async Task PlayOneAsync(Socket socket, Func<ScriptedConnection, Task>? script)
    {
        using var _ = socket;
        await (script?.Invoke(new(socket)) ?? Task.CompletedTask);
    }

    public async ValueTask DisposeAsync()
    {
        _listening.Dispose();
        await _playing;
        _directory.Delete(recursive: true);
    }
}

/// <summary>The agent's side of one connection.</summary>
sealed class ScriptedConnection(Socket socket)
{
    public const string Answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>Takes a request's head.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await socket.ReceiveAsync(one) > 0)
        {
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    public async Task SayAsync(string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Returns when a request is there, and leaves it unread: closing then resets the connection.</summary>
    public async Task WaitForNextAsync() => await socket.ReceiveAsync(new byte[1], SocketFlags.Peek);
}
