using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>How much the guests' server takes in.</summary>
public sealed record EdgeServerOptions
{
    public GuestLimitOptions Limits { get; init; } = new();

    /// <summary>
    /// Whether the networks let each port send from its own addresses only, as Neutron's, OVN's and ours with port security do. Where it is
    /// not known, a client is refused whose MAC is not known.
    /// </summary>
    public bool HasAntiSpoofing { get; init; } = true;

    /// <summary>How many connections guests may have altogether, by how many namespaces are listened in.</summary>
    public Func<int, int> Capacity { get; init; } = static namespaces => DescriptorBudget.OfProcess().For(namespaces);

    /// <summary>Owns the server's threads; null for one of its own, whose findings are logged and show nowhere else.</summary>
    public Supervisor? Supervisor { get; init; }

    /// <summary>Told of every request; null for nobody.</summary>
    public RequestObserver? Observer { get; init; }

    /// <summary>Bytes; more is answered 414.</summary>
    public int MaxRequestLine { get; init; } = 32 * 1024;

    /// <summary>All header lines together in bytes; more is answered 431.</summary>
    public int MaxHeaders { get; init; } = 64 * 1024;

    /// <summary>Bytes; more is answered 413. The longest thing that a guest sends is a password of 1,020 bytes.</summary>
    public long MaxBody { get; init; } = 64 * 1024;

    /// <summary>How long a connection may be idle between requests; haproxy's <c>timeout http-keep-alive</c>.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a head may take to arrive; haproxy's <c>timeout http-request</c>.</summary>
    public TimeSpan RequestHead { get; init; } = TimeSpan.FromSeconds(30);
}
