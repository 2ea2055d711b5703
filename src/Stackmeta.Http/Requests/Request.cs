using System.Net;
using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>
/// A request as the hops see it, the same whichever reader took it from its connection: the fast path (<c>FastPath/</c>) or Kestrel
/// (<c>Serving/KestrelRequests</c>). Used by one flow at a time, and used again for the next one of the connection: nobody keeps it, or
/// anything of it, for later.
/// </summary>
public sealed class Request
{
    CancellationToken? _aborted;

    /// <summary>By the letter: RFC 9110 §9.1 makes methods case-sensitive.</summary>
    public string Method { get; private set; } = HttpMethods.Get;

    /// <summary>The request target as the caller wrote it, in whatever form.</summary>
    public string Target { get; private set; } = "/";

    public RequestHeaders Headers { get; } = new();

    /// <summary>The body, to be read once; null when there is none. A hop that has read it may put another way to read it here.</summary>
    public Stream? Body { get; set; }

    /// <summary>The body's length in bytes; null when it was not told.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>The connection; null for one that Kestrel has accepted itself.</summary>
    public SocketConnection? Connection { get; private set; }

    /// <summary>
    /// Who asks, as the one who accepted the connection knows it, or as a handler before this one does; null where nobody does.
    /// </summary>
    public object? Client
    {
        get => field ?? Connection?.Client;
        set;
    }

    /// <summary>The peer's address; null for a unix socket.</summary>
    public IPAddress? PeerAddress { get; private set; }

    /// <summary>What is seen of the request; null when its server is not observed.</summary>
    public RequestObservation? Observation { get; init; }

    /// <summary>Where its response may be rendered: one buffer for one response after another.</summary>
    public ResponseBuffer Buffer { get; } = new();

    /// <summary>Fires when nobody waits for a response any more.</summary>
    public CancellationToken Aborted => _aborted ?? Connection?.ConnectionClosed ?? CancellationToken.None;

    public bool IsGet => IsMethod(HttpMethods.Get);

    public bool IsHead => IsMethod(HttpMethods.Head);

    public bool IsPost => IsMethod(HttpMethods.Post);

    public bool IsOptions => IsMethod(HttpMethods.Options);

    /// <summary>The target for log lines: without its query, which the path's meaning does not need and which may hold a secret.</summary>
    public BoundedText TargetForLog => RequestTarget.ForLog(Target);

    /// <summary>Begins a step of the request's way.</summary>
    /// <returns>To be disposed of when the step is over; nothing when the request's server is not observed.</returns>
    public StepScope Enter(PathStep step) => Observation?.Enter(step) ?? default;

    /// <summary>The target in origin form (<see cref="RequestTarget.TryGetOriginForm"/>).</summary>
    public bool TryGetOriginForm(out ReadOnlySpan<char> target) => RequestTarget.TryGetOriginForm(Target, out target);

    /// <summary>Takes the place of the request before; <see cref="Headers"/> are filled by the caller.</summary>
    /// <param name="connection">Whose loss ends it, unless <paramref name="aborted"/> says more; null for none of ours.</param>
    /// <param name="aborted">Null for the connection's.</param>
    public void Begin(
        string method,
        string target,
        Stream? body = null,
        long? contentLength = null,
        SocketConnection? connection = null,
        IPAddress? peer = null,
        CancellationToken? aborted = null
    )
    {
        (Method, Target, Body, ContentLength) = (method, target, body, contentLength);
        (Connection, Client, PeerAddress, _aborted) = (connection, null, peer, aborted);
    }

    /// <summary>Nothing of the connection is kept.</summary>
    internal void End()
    {
        Buffer.Clear();
        (Body, Connection, Client, PeerAddress, _aborted) = (null, null, null, null, null);
    }

    bool IsMethod(string method) => string.Equals(Method, method, StringComparison.Ordinal);
}
