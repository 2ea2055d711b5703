using System.Net.Sockets;

namespace Stackmeta;

/// <summary>Whether processes live and are ready, found out as anybody would: by asking their admin sockets.</summary>
sealed class Pulse : IDisposable
{
    /// <summary>Who has not said within this that he lives does not.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly List<HttpClient> _asked = [];

    /// <param name="adminSockets">Those that are asked; without any, all is taken to be well that can run this at all.</param>
    public Pulse(IEnumerable<string> adminSockets) =>
        _asked.AddRange(
            adminSockets.Select(path => new HttpClient(
                new SocketsHttpHandler
                {
                    UseProxy = false,
                    ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken),
                    // Each time by a connection of its own, so that the door is tried too.
                    PooledConnectionLifetime = TimeSpan.Zero,
                }
            )
            {
                BaseAddress = new("http://stackmeta"),
                Timeout = Patience,
            })
        );

    /// <summary>Why one of them could not be said to live; null when all do.</summary>
    public Task<string?> FindDeadAsync(CancellationToken cancellationToken) => AskAsync("/livez", cancellationToken);

    /// <summary>What one of them still begins with; null when all have started.</summary>
    public Task<string?> FindUnstartedAsync(CancellationToken cancellationToken) =>
        AskAsync("/startupz", cancellationToken);

    /// <summary>Why one of them would not answer a guest; null when all would.</summary>
    public Task<string?> FindUnreadyAsync(CancellationToken cancellationToken) =>
        AskAsync("/readyz", cancellationToken);

    async Task<string?> AskAsync(string target, CancellationToken cancellationToken)
    {
        foreach (var asked in _asked)
        {
            try
            {
                using var answer = await asked.GetAsync(target, cancellationToken);
                if (!answer.IsSuccessStatusCode)
                {
                    var findings = await answer.Content.ReadAsStringAsync(cancellationToken);
                    return findings.Split('\n').FirstOrDefault(static line => line.StartsWith('-'))?[1..].Trim()
                        ?? $"it answers {(int)answer.StatusCode}";
                }
            }
            catch (Exception e)
                when (e is HttpRequestException
                    || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                )
            {
                return "the admin socket does not answer";
            }
        }
        return null;
    }

    static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _asked.ForEach(static one => one.Dispose());
}
