using System.Collections.Immutable;
using Stackmeta.Core.Refusals;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>
/// Everything that was seen of a path, before anything is made of it. Null means that it is not there, or, where it says so, that nobody
/// looked.
/// </summary>
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

    /// <summary>Whether the router's rules turn guests' requests to the proxy; null where it is no router, or nobody can tell.</summary>
    public bool? HasRedirect { get; init; }

    /// <summary>What became of a guest's first packet; null where none could be sent.</summary>
    public GuestProbeResult? Probe { get; init; }

    public required SocketSight Socket { get; init; }

    /// <summary>What the agent answered in this guest's name; null where it was not asked.</summary>
    public HopAnswer? Agent { get; init; }

    /// <summary>What the look-up says in this process; null where it was not done.</summary>
    public Refusal? LookUp { get; init; }

    /// <summary>The time was over before the look-up in this process was done.</summary>
    public bool IsLookUpLate { get; init; }

    /// <summary>
    /// What the metadata API answered a request signed here, or, where nothing can be signed, one without a name; null where it was not
    /// asked.
    /// </summary>
    public HopAnswer? Api { get; init; }

    /// <summary>The address of the API that was asked, for people.</summary>
    public string ApiAddress { get; init; } = "";

    /// <summary>Why nothing can be signed; null when it can.</summary>
    public string? SecretProblem { get; init; }

    /// <summary>What the instance's record says in this process; null where it was not read.</summary>
    public Refusal? Record { get; init; }

    /// <summary>The time was over before the record was read in this process.</summary>
    public bool IsRecordLate { get; init; }

    /// <summary>The project that the record says; null where it was not read.</summary>
    public string? RecordProject { get; init; }

    /// <summary>What each document was answered with.</summary>
    public ImmutableArray<DocumentAnswer> Documents { get; init; } = [];

    public required HostSight Host { get; init; }

    /// <summary>How long each question was given.</summary>
    public TimeSpan Patience { get; init; }
}

/// <summary>The agent's unix socket.</summary>
/// <param name="Path">Where it should be.</param>
/// <param name="Kind">What lies there.</param>
/// <param name="IsOpenToProxy">Whether the process that should may connect, by its user and the modes on the way.</param>
sealed record SocketSight(string Path, SocketKind Kind, bool IsOpenToProxy);

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
/// <param name="ClockBehind">By how much the clock stands before the inventory's last change; zero when it does not, null where no file
/// tells.</param>
sealed record HostSight(string Folder, long? FreeBytes, TimeSpan? ClockBehind);
