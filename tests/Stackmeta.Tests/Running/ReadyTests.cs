using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Tests;

/// <summary>"Ready." is said only when a guest could be answered.</summary>
public sealed class ReadyTests : IDisposable
{
    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("api --set api.listen=", "api.listen is empty: the API alone must listen somewhere.")]
    [InlineData("api --set vendordata.file=/no/such/file", "vendordata.file is /no/such/file, which cannot be read: ")]
    [InlineData("api --set vendordata.file=/etc/hostname", "vendordata.file is /etc/hostname, which is not JSON.")]
    [InlineData("api --set vendordata.file=/etc", "vendordata.file is /etc, which cannot be read: It is a folder.")]
    public async Task What_can_never_answer_does_not_start(string line, string said)
    {
        string[] start = [.. line.Split(' '), "--set", "admin.listen=off"];
        if (!line.Contains("api.listen", StringComparison.Ordinal))
        {
            start = [.. start, "--set", "api.listen=127.0.0.1:0"];
        }
        Assert.Contains(said, await _line.RefusedAsync(ExitCodes.Usage, start));
    }

    [Fact]
    public async Task An_agent_waits_for_the_api_that_it_asks()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var api = new TcpListener(IPAddress.Loopback, 0);
        // Takes the port, and nobody listens on it yet.
        api.Server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = $"http://{api.Server.LocalEndPoint}";
        var output = new StringWriter();
        string[] line = ["--data", _line.Folder, "agent", "--set", $"agent.api={address}"];
        var running = StackmetaProgram.RunAsync(line, TextWriter.Synchronized(output), TextWriter.Null, stop.Token);

        var state = await UntilAsync("waits for upstream", running, stop.Token);
        Assert.Contains("takes no connections", state);
        Assert.Equal("", output.ToString());
        api.Server.Listen();
        while (output.ToString() != "Ready.\n")
        {
            Assert.False(running.IsCompleted);
            await Task.Delay(20, stop.Token);
        }
        await UntilAsync("+ start", running, stop.Token);
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Done, await running);
    }

    [Fact]
    public async Task A_start_that_waits_ends_at_a_signal()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var output = new StringWriter();
        string[] line = ["--data", _line.Folder, "agent", "--set", "agent.api=http://127.0.0.1:1"];
        var running = StackmetaProgram.RunAsync(line, output, TextWriter.Null, stop.Token);
        await UntilAsync("waits for upstream", running, stop.Token);
        await stop.CancelAsync();
        Assert.Equal((ExitCodes.Done, ""), (await running, output.ToString()));
    }

    /// <summary>What /startupz says, once it says something.</summary>
    async Task<string> UntilAsync(string said, Task running, CancellationToken cancellationToken)
    {
        var socket = Path.Combine(_line.Folder, "run", "admin-agent.sock");
        while (true)
        {
            Assert.False(running.IsCompleted);
            try
            {
                using var client = new HttpClient(
                    new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(socket, token) }
                );
                using var answer = await client.GetAsync("http://stackmeta/startupz", cancellationToken);
                var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                if (text.Contains(said, StringComparison.Ordinal))
                {
                    return text;
                }
            }
            catch (HttpRequestException)
            {
                // Not open yet.
            }
            await Task.Delay(20, cancellationToken);
        }
    }

    static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
