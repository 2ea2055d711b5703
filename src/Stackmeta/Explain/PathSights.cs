using System.Collections.Immutable;
using Stackmeta.Edge;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>Everything that was seen of a path, before anything is made of it. Null means that it is not there, or, where it says so, that nobody looked.</summary>
sealed record PathSights
{
    public ObservedNamespace? Namespace { get; init; }

    /// <summary>The namespace's file is there, and nothing is mounted on it.</summary>
    public bool IsNamespaceHollow { get; init; }

    /// <summary>The bridge of the network; ours and that of Neutron's Linux bridge agent.</summary>
    public ObservedLink? Bridge { get; init; }

    public ImmutableArray<ObservedLink> BridgePorts { get; init; } = [];

    /// <summary>The interfaces behind which the bridge has seen the guest's MAC.</summary>
    public ImmutableArray<string> GuestInterfaces { get; init; } = [];

    /// <summary>The end on the bridge of the namespace's link; null where the link is no veth pair of this host's.</summary>
    public ObservedLink? BridgeEnd { get; init; }

    public ObservedDhcpServer? Dhcp { get; init; }

    /// <summary>The DHCP server's process is stopped (SIGSTOP) or a zombie.</summary>
    public bool IsDhcpStopped { get; init; }

    /// <summary>What listens on the metadata port.</summary>
    public ObservedListener? Listener { get; init; }

    /// <summary>Who holds <see cref="Listener"/>; null where it cannot be seen.</summary>
    public ListenerOwner? Owner { get; init; }

    /// <summary>What a request from inside the namespace got; null where none was sent.</summary>
    public NamespaceAnswer? InsideAnswer { get; init; }

    /// <summary>The same over IPv6.</summary>
    public NamespaceAnswer? InsideAnswerIpv6 { get; init; }

    /// <summary>What became of a guest's first packet; null where none could be sent.</summary>
    public GuestProbeResult? Probe { get; init; }

    public required SocketSight Socket { get; init; }

    /// <summary>What the agent answered in this guest's name; null where it was not asked.</summary>
    public HopAnswer? Agent { get; init; }

    /// <summary>What the look-up says in this process; null where it was not done.</summary>
    public Refusal? LookUp { get; init; }

    /// <summary>What the metadata API answered a request signed here; null where it was not asked.</summary>
    public HopAnswer? Api { get; init; }

    /// <summary>The address of the API that was asked, for people.</summary>
    public string ApiAddress { get; init; } = "";

    /// <summary>Why nothing can be signed; null when it can.</summary>
    public string? SecretProblem { get; init; }

    /// <summary>What the instance's record says in this process; null where it was not read.</summary>
    public Refusal? Record { get; init; }

    /// <summary>What each document was answered with.</summary>
    public ImmutableArray<DocumentAnswer> Documents { get; init; } = [];

    public required HostSight Host { get; init; }
}

/// <summary>Who holds a listening socket.</summary>
/// <param name="Process">Its id.</param>
/// <param name="Program">The program's name.</param>
/// <param name="IsProxy">It is the stackmeta or haproxy that should listen there.</param>
/// <param name="HasAgent">Edge and agent are this one process, and no socket lies between them.</param>
/// <param name="IsStopped">The process is stopped (SIGSTOP).</param>
/// <param name="AgentSocket">The socket that it forwards to, where its own file tells; else null.</param>
sealed record ListenerOwner(
    int Process,
    string Program,
    bool IsProxy,
    bool HasAgent,
    bool IsStopped,
    string? AgentSocket
);

/// <summary>The agent's unix socket.</summary>
/// <param name="Path">Where it should be.</param>
/// <param name="Kind">What lies there.</param>
/// <param name="IsOpenToAll">Whether everybody may connect, or who proxies as another user could not.</param>
sealed record SocketSight(string Path, SocketKind Kind, bool IsOpenToAll);

/// <summary>What lies at a socket's path.</summary>
enum SocketKind
{
    Missing,
    NotASocket,

    /// <summary>A socket that nobody listens on any more.</summary>
    Dead,
    Alive,
}

/// <summary>How a hop answered a request in the guest's name.</summary>
/// <param name="Kind">Whether it did.</param>
/// <param name="Status">The HTTP status; 0 without an answer.</param>
/// <param name="Text">The answer's body, as far as it is needed; never printed.</param>
sealed record HopAnswer(HopAnswerKind Kind, int Status, string Text);

/// <summary>Whether a hop answered.</summary>
enum HopAnswerKind
{
    Answered,

    /// <summary>Nobody is there to ask.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    Silent,
}

/// <summary>What a document was answered with.</summary>
/// <param name="Path">The document.</param>
/// <param name="Status">The HTTP status; 0 for no answer in time.</param>
/// <param name="Start">Its first bytes, by which user data is judged; never printed.</param>
sealed record DocumentAnswer(string Path, int Status, ReadOnlyMemory<byte> Start);

/// <summary>This host.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="FreeBytes">What is left on its disk; null where it cannot be told.</param>
/// <param name="ClockBehind">By how much the clock stands before the inventory's last change; zero when it does not, null where no file tells.</param>
sealed record HostSight(string Folder, long? FreeBytes, TimeSpan? ClockBehind);
