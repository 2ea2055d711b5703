using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge.Tests;

/// <summary>A namespace with the metadata address on its loopback, from which is asked what a guest would ask.</summary>
sealed class ServedNetwork : IAsyncDisposable
{
    readonly HttpClient _onNewConnections;
    readonly HttpClient _onKeptConnections;

    ServedNetwork(Guid id)
    {
        Id = id;
        _onNewConnections = ClientOf(TimeSpan.Zero);
        _onKeptConnections = ClientOf(TimeSpan.FromSeconds(10));
    }

    public Guid Id { get; }

    public string Name => DeviceNames.DhcpNamespace(Id);

    public static async Task<ServedNetwork> CreateAsync()
    {
        var network = new ServedNetwork(Guid.NewGuid());
        await network.AddAsync();
        return network;
    }

    public async Task AddAsync()
    {
        await Command.Ip(null, "netns", "add", Name).RunAsync(CancellationToken.None);
        await Command.Ip(Name, "link", "set", "dev", "lo", "up").RunAsync(CancellationToken.None);
        await Command
            .Ip(Name, "addr", "add", $"{MetadataAddress.Ipv4}/32", "dev", "lo")
            .RunAsync(CancellationToken.None);
        await Command
            .Ip(Name, "addr", "add", $"{MetadataAddress.Ipv6}/64", "dev", "lo", "nodad")
            .RunAsync(CancellationToken.None);
    }

    public Task RemoveAsync() => Command.Ip(null, "netns", "delete", Name).RunAsync(CancellationToken.None);

    /// <summary>The body of an answer: the network's id and the process that answered.</summary>
    /// <exception cref="HttpRequestException">Anything but an answer.</exception>
    public async Task<string> AskAsync(bool onNewConnection = true) =>
        await (onNewConnection ? _onNewConnections : _onKeptConnections).GetStringAsync(
            "http://169.254.169.254/",
            TestContext.Current.CancellationToken
        );

    public async Task WaitUntilServedByAsync(int process)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            try
            {
                if (await AskAsync() == $"{Id} {process}")
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
            await Task.Delay(10);
        }
        Assert.Fail($"Process {process} did not answer in {Name} within 10 s.");
    }

    /// <summary>Whether the port is refused: nobody has a listening socket.</summary>
    public async Task<bool> IsRefusedAsync()
    {
        using var socket = NetworkNamespace.CreateSocket(Name, AddressFamily.InterNetwork, SocketType.Stream);
        try
        {
            await socket.ConnectAsync(MetadataAddress.Ipv4, MetadataAddress.Port);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }

    HttpClient ClientOf(TimeSpan idle) =>
        new(
            new SocketsHttpHandler
            {
                PooledConnectionLifetime = idle,
                PooledConnectionIdleTimeout = idle,
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var socket = NetworkNamespace.CreateSocket(Name, AddressFamily.InterNetwork, SocketType.Stream);
                    try
                    {
                        await socket.ConnectAsync(IPEndPoint.Parse("169.254.169.254:80"), cancellationToken);
                        return new NetworkStream(socket, ownsSocket: true);
                    }
                    catch
                    {
                        socket.Dispose();
                        throw;
                    }
                },
            }
        )
        {
            Timeout = TimeSpan.FromSeconds(20),
        };

    public async ValueTask DisposeAsync()
    {
        _onNewConnections.Dispose();
        _onKeptConnections.Dispose();
        if (File.Exists(NetworkNamespace.PathOf(Name)))
        {
            await RemoveAsync();
        }
    }
}
