using System.Net.Sockets;
using Stackmeta.Agent;

namespace Stackmeta;

/// <summary>Asks one hop over HTTP, by a unix socket or TCP.</summary>
sealed class HopQuestions : IDisposable
{
    /// <summary>Enough of an answer to recognise it by.</summary>
    const int EnoughBytes = 64 * 1024;

    readonly HttpClient _client;
    readonly TimeSpan _patience;

    public HopQuestions(string socket, TimeSpan patience)
        : this(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    try
                    {
                        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                        return new NetworkStream(connection, ownsSocket: true);
                    }
                    catch
                    {
                        connection.Dispose();
                        throw;
                    }
                },
            },
            new Uri("http://169.254.169.254"),
            patience
        ) { }

    public HopQuestions(UpstreamOptions api, TimeSpan patience)
        : this(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                SslOptions = UpstreamConnections.TlsOf(api),
            },
            api.Api,
            patience
        ) { }

    HopQuestions(SocketsHttpHandler handler, Uri address, TimeSpan patience)
    {
        _client = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        _patience = patience;
    }

    public async Task<HopAnswer> AskAsync(
        string path,
        IEnumerable<(string Name, string Value)> headers,
        CancellationToken cancellationToken
    )
    {
        var (kind, status, bytes) = await SendAsync(path, headers, cancellationToken);
        return new(kind, status, System.Text.Encoding.Latin1.GetString(bytes.Span));
    }

    public async Task<DocumentAnswer> AskForDocumentAsync(
        string path,
        IEnumerable<(string Name, string Value)> headers,
        CancellationToken cancellationToken
    )
    {
        var (_, status, bytes) = await SendAsync(path, headers, cancellationToken);
        return new(path, status, bytes[..Math.Min(bytes.Length, DocumentJudgement.StartBytes)]);
    }

    async Task<(HopAnswerKind Kind, int Status, ReadOnlyMemory<byte> Start)> SendAsync(
        string path,
        IEnumerable<(string Name, string Value)> headers,
        CancellationToken cancellationToken
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        try
        {
            using var answer = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                timeout.Token
            );
            await using var body = await answer.Content.ReadAsStreamAsync(timeout.Token);
            var start = new byte[EnoughBytes];
            var length = await body.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, timeout.Token);
            return (HopAnswerKind.Answered, (int)answer.StatusCode, start.AsMemory(0, length));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (HopAnswerKind.Silent, 0, default);
        }
        catch (IOException)
        {
            // Cut off in the middle.
            return (HopAnswerKind.Silent, 0, default);
        }
        catch (HttpRequestException e)
        {
            // A unix socket whose queue is full says so at once (EAGAIN, unix(7)).
            return (
                e.InnerException is SocketException { SocketErrorCode: not SocketError.WouldBlock }
                    ? HopAnswerKind.Refused
                    : HopAnswerKind.Silent,
                0,
                default
            );
        }
    }

    public void Dispose() => _client.Dispose();
}
