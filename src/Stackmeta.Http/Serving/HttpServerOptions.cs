using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Http;

/// <summary>Where a server listens and how much it takes in.</summary>
public sealed record HttpServerOptions
{
    /// <summary>IP or unix addresses; all of them are opened or none.</summary>
    public required ImmutableArray<EndPoint> Addresses { get; init; }

    /// <summary>Opens the socket of an address, bound and not yet accepting; null binds in the plain way.</summary>
    public Func<EndPoint, Socket>? OpenSocket { get; init; }

    /// <summary>Keeps the listening sockets of all addresses for the next process; null where they end with this one.</summary>
    public IInheritedSockets? Kept { get; init; }

    /// <summary>Brings connections that others accept, besides those of the addresses; null for none.</summary>
    public ConnectionMultiplexer? Multiplexer { get; init; }

    /// <summary>
    /// Whether a request is answered by the thread that received it, and its answer sent by that thread too, instead of being handed from
    /// one to the next; plain questions without Kestrel. Only for answers that never block a thread: what may block leaves it first
    /// (docs/performance/decisions.md). Not done over TLS, whose handshakes are long.
    /// </summary>
    public bool RunsInline { get; init; }

    /// <summary>The clock of what is not Kestrel's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Owns the server's threads; null for one of its own, whose findings are logged and show nowhere else.</summary>
    public Supervisor? Supervisor { get; init; }

    /// <summary>Connections that the kernel keeps until they are accepted.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Given to callers over TLS; null serves plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The authorities above <see cref="Certificate"/>, sent along with it.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>When set, callers must show a certificate of one of these authorities.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>
    /// Longest request line in bytes; a longer one is answered 414. Nova under uWSGI takes 64 KiB for line and headers together.
    /// </summary>
    public int MaxRequestLine { get; init; } = 32 * 1024;

    /// <summary>All header lines together in bytes; more is answered 431.</summary>
    public int MaxHeaders { get; init; } = 64 * 1024;

    /// <summary>Longest request body in bytes; null for any.</summary>
    public long? MaxBody { get; init; } = 1024 * 1024;

    /// <summary>
    /// Bytes of a body that is read before its request is answered: a longer one with its length is read by who answers, in chunks it is
    /// answered 413. Nothing that a guest sends is longer than 1,020 bytes.
    /// </summary>
    public int MaxBufferedBody { get; init; } = 64 * 1024;

    /// <summary>
    /// Open connections. One more takes the place of who has asked nothing for longest, where requests are answered inline
    /// (<see cref="SocketConnection.Trust"/>), and else is turned away at once. Null for as many as the process has descriptors.
    /// </summary>
    public long? MaxConnections { get; init; }

    /// <summary>Told of every request; null for nobody.</summary>
    public RequestObserver? Observer { get; init; }

    /// <summary>The hop that the server is, for its observer; null for none of the path.</summary>
    public PathStep? Hop { get; init; }

    /// <summary>
    /// Whether callers are services: their request ids and traces are gone on with. What guests say of themselves is not.
    /// </summary>
    public bool TakesRequestIds { get; init; }

    /// <summary>How long a connection may be idle between requests.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a request's head may take to arrive; after that 408, as the stock proxy answers (spec/neutron-metadata.md §3.7).
    /// </summary>
    public TimeSpan RequestHead { get; init; } = TimeSpan.FromSeconds(30);
}
