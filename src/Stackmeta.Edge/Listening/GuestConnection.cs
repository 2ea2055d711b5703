using System.Net;
using Stackmeta.Core.Networks;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>A guest's connection: all that identity is taken from is known when it is accepted.</summary>
/// <param name="socket">Accepted; this object's from here on.</param>
/// <param name="peer">IPv4 is never mapped into IPv6.</param>
/// <param name="client">Who it is.</param>
/// <param name="loop">The connection stays with its thread.</param>
/// <param name="multiplexer">What it is a part of.</param>
/// <param name="listener">Where it was accepted.</param>
/// <param name="account">What it is counted in, and by which its guest's connections share their turns.</param>
/// <param name="clientOf">Makes what the handler wants to know of the connection, once; null where it takes the connection itself.</param>
sealed class GuestConnection(
    Descriptor socket,
    IPEndPoint peer,
    ClientIdentity client,
    EventLoop loop,
    ConnectionMultiplexer multiplexer,
    NamespaceListener listener,
    GuestAccount account,
    Func<IGuestPeer, object>? clientOf
) : SocketConnection(socket, peer, loop, multiplexer), IGuestPeer
{
    // By Interlocked.
    string? _port;

    public NamespaceListener Listener => listener;

    public EdgeScope Scope => listener.Scope;

    public string ScopeId => listener.ScopeId;

    public string Namespace => listener.Served.Name;

    public IPAddress Peer => client.Address;

    public EthernetAddress? Mac => client.Mac;

    /// <summary>Made by the first request that is forwarded; the same for all of the connection's.</summary>
    public string ClientAddress => field ??= IGuestPeer.AddressOf(Peer);

    public string? MacText => field ??= Mac?.ToString();

    public bool TryBind(string port) =>
        Interlocked.CompareExchange(ref _port, port, null) is not { } bound || bound == port;

    public override string Place
    {
        get => Namespace;
        init => throw new NotSupportedException();
    }

    protected override object TurnOwner => account;

    public override object Client => field ??= clientOf?.Invoke(this) ?? this;

    /// <summary>What its guest is counted in.</summary>
    public GuestAccount Account => account;

    protected override void Ended() => account.Leave();
}
