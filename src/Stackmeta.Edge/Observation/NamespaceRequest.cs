using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Edge;

/// <summary>What became of a request that was made from inside a namespace.</summary>
/// <param name="Kind">Answered, or why not.</param>
/// <param name="Status">The HTTP status; 0 when nothing that is HTTP came.</param>
public readonly record struct NamespaceAnswer(NamespaceAnswerKind Kind, int Status);

/// <summary>How a request ended.</summary>
public enum NamespaceAnswerKind
{
    /// <summary>Something that speaks HTTP answered.</summary>
    Answered,

    /// <summary>Nobody listens, or a rule says so.</summary>
    Refused,

    /// <summary>The connection was not made in time: packets are dropped.</summary>
    NoConnection,

    /// <summary>Connected, and then no answer in time.</summary>
    Silent,

    /// <summary>The namespace has no way to the address.</summary>
    Unreachable,
}

/// <summary>
/// Asks the metadata address from inside a namespace. What asks is the namespace itself, so a 404 is a healthy answer: it is nobody's
/// guest.
/// </summary>
public static class NamespaceRequest
{
    /// <summary>Sends <c>GET /</c> and reads the status line.</summary>
    /// <param name="namespace">Its name.</param>
    /// <param name="endpoint">Address and port; an IPv6 link-local address with the index that its interface has in the namespace.</param>
    /// <param name="patience">For connection and answer together.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="EdgeException">The namespace cannot be entered.</exception>
    public static async Task<NamespaceAnswer> AskAsync(
        string @namespace,
        IPEndPoint endpoint,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var socket = NetworkNamespace.CreateSocket(@namespace, endpoint.AddressFamily, SocketType.Stream);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        var isConnected = false;
        try
        {
            await socket.ConnectAsync(endpoint, timeout.Token);
            isConnected = true;
            await socket.SendAsync(
                "GET / HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n\r\n"u8.ToArray(),
                timeout.Token
            );
            var head = new byte[16];
            var length = 0;
            int read;
            while (length < head.Length && (read = await socket.ReceiveAsync(head.AsMemory(length), timeout.Token)) > 0)
            {
                length += read;
            }
            var line = Encoding.ASCII.GetString(head, 0, length);
            return
                length >= 12
                && line.StartsWith("HTTP/1.", StringComparison.Ordinal)
                && int.TryParse(line.AsSpan(9, 3), out var status)
                ? new(NamespaceAnswerKind.Answered, status)
                : new(NamespaceAnswerKind.Silent, 0);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(isConnected ? NamespaceAnswerKind.Silent : NamespaceAnswerKind.NoConnection, 0);
        }
        catch (SocketException e)
        {
            return new(
                e.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => NamespaceAnswerKind.Refused,
                    SocketError.NetworkUnreachable or SocketError.HostUnreachable => NamespaceAnswerKind.Unreachable,
                    _ when isConnected => NamespaceAnswerKind.Silent,
                    SocketError.TimedOut => NamespaceAnswerKind.NoConnection,
                    _ => NamespaceAnswerKind.Unreachable,
                },
                0
            );
        }
    }
}
