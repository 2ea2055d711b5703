using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// All messages of the edge. Ids are stable and never used again: 1000 to 1999. 1006, 1023, 1025, 1050 and 1051 were used.
/// </summary>
static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Network {Network} is up in namespace {Namespace}")]
    public static partial void NetworkUp(ILogger logger, Guid network, string @namespace);

    [LoggerMessage(1001, LogLevel.Information, "Network {Network} is removed")]
    public static partial void NetworkRemoved(ILogger logger, Guid network);

    [LoggerMessage(1002, LogLevel.Error, "Network {Network}: {Reason}")]
    public static partial void NetworkFailed(ILogger logger, Guid network, string reason);

    [LoggerMessage(1003, LogLevel.Warning, "Network {Network} is degraded: {Reason}")]
    public static partial void NetworkDegraded(ILogger logger, Guid network, string reason);

    [LoggerMessage(1004, LogLevel.Information, "Network {Network} serves again")]
    public static partial void NetworkServesAgain(ILogger logger, Guid network);

    [LoggerMessage(1005, LogLevel.Debug, "Runs {Command}")]
    public static partial void Runs(ILogger logger, string command);

    [LoggerMessage(1010, LogLevel.Information, "{Program} serves in {Namespace} as process {Process}")]
    public static partial void ProcessServes(ILogger logger, string program, string @namespace, int process);

    [LoggerMessage(1011, LogLevel.Warning, "{Program} in {Namespace}: {Reason}; next start in {Delay} s")]
    public static partial void ProcessEnded(
        ILogger logger,
        string program,
        string @namespace,
        string reason,
        double delay
    );

    [LoggerMessage(
        1012,
        LogLevel.Debug,
        "{Program} in {Namespace} says: {Line} ({Suppressed} more lines of all were not logged)"
    )]
    public static partial void ProcessSaid(
        ILogger logger,
        string program,
        string @namespace,
        string line,
        long suppressed
    );

    [LoggerMessage(1013, LogLevel.Warning, "Process {Process} of an edge that was killed is ended")]
    public static partial void LeftOverEnded(ILogger logger, int process);

    [LoggerMessage(1020, LogLevel.Information, "Listens for {Scope} in {Namespace}")]
    public static partial void Listens(ILogger logger, EdgeScope scope, string @namespace);

    [LoggerMessage(1021, LogLevel.Information, "No longer listens in {Namespace}")]
    public static partial void NoLongerListens(ILogger logger, string @namespace);

    [LoggerMessage(1022, LogLevel.Warning, "Cannot listen for {Scope} in {Namespace}: {Reason}")]
    public static partial void CannotListen(ILogger logger, EdgeScope scope, string @namespace, string reason);

    [LoggerMessage(
        1024,
        LogLevel.Warning,
        "In {Namespace} another host on the link of {Device} has {Address}: metadata over IPv4 only"
    )]
    public static partial void Ipv6AddressTaken(
        ILogger logger,
        string @namespace,
        string device,
        System.Net.IPAddress address
    );

    [LoggerMessage(1030, LogLevel.Debug, "Guest {Peer} of {Scope} asks too often")]
    public static partial void TooManyRequests(ILogger logger, System.Net.IPAddress peer, EdgeScope scope);

    [LoggerMessage(1031, LogLevel.Debug, "A connection of guest {Peer} of {Scope} is turned away: {Reason}")]
    public static partial void TurnedAway(ILogger logger, System.Net.IPAddress peer, EdgeScope scope, string reason);

    [LoggerMessage(1032, LogLevel.Warning, "The agent's socket {Socket} cannot be reached: {Reason}")]
    public static partial void AgentUnreachable(ILogger logger, string socket, string reason);

    [LoggerMessage(
        1040,
        LogLevel.Warning,
        "A drop-in for haproxy is refused: {Reason} ({Suppressed} more like it were not logged)"
    )]
    public static partial void DropInRefused(ILogger logger, string reason, long suppressed);

    [LoggerMessage(1060, LogLevel.Debug, "The listening socket on {EndPoint} in {Namespace} is no longer kept")]
    public static partial void SocketDropped(ILogger logger, System.Net.IPEndPoint endPoint, string @namespace);

    [LoggerMessage(
        1061,
        LogLevel.Warning,
        "systemd's store of descriptors cannot be reached, so guests are refused while the service restarts: {Reason}"
    )]
    public static partial void StoreUnreachable(ILogger logger, string reason);

    [LoggerMessage(1062, LogLevel.Information, "{Count} listening sockets come from {Source}")]
    public static partial void SocketsInherited(ILogger logger, int count, string source);

    [LoggerMessage(
        1063,
        LogLevel.Warning,
        "Process {Process} of user {User} is refused: {Reason} ({Suppressed} more like it were not told.)"
    )]
    public static partial void OpenerRefused(ILogger logger, int process, uint user, string reason, long suppressed);

    [LoggerMessage(1064, LogLevel.Information, "Process {Process} serves the guests now")]
    public static partial void ServesNow(ILogger logger, int process);

    [LoggerMessage(1065, LogLevel.Information, "Process {Process} takes {Count} listening sockets over")]
    public static partial void TakenOver(ILogger logger, int process, int count);

    [LoggerMessage(
        1066,
        LogLevel.Warning,
        "The opener at {Socket} is gone; guests of known networks are still answered"
    )]
    public static partial void OpenerGone(ILogger logger, string socket);

    [LoggerMessage(1067, LogLevel.Information, "The opener at {Socket} is reached")]
    public static partial void OpenerReached(ILogger logger, string socket);

    [LoggerMessage(1068, LogLevel.Warning, "The opener keeps no socket on {EndPoint} in {Namespace}: {Reason}")]
    public static partial void NotKept(
        ILogger logger,
        System.Net.IPEndPoint endPoint,
        string @namespace,
        string reason
    );

    [LoggerMessage(
        1069,
        LogLevel.Warning,
        "The process that serves the guests ended with exit code {Code}; next start in {Delay} s"
    )]
    public static partial void ServingEnded(ILogger logger, int code, double delay);

    [LoggerMessage(1070, LogLevel.Error, "The process that serves the guests does not start: {Reason}")]
    public static partial void ServingNotStarted(ILogger logger, string reason);

    [LoggerMessage(
        1071,
        LogLevel.Warning,
        "Nobody can ask at {Socket} now: {Error} ({Suppressed} more like it were not logged)"
    )]
    public static partial void OpenerNotAsked(
        ILogger logger,
        string socket,
        System.Net.Sockets.SocketError error,
        long suppressed
    );

    [LoggerMessage(
        1074,
        LogLevel.Information,
        "A connection from {Peer} of {Scope} is refused, since its client cannot be told: {Reason} ({Suppressed} more like it were not told.)"
    )]
    public static partial void ClientUnidentified(
        ILogger logger,
        System.Net.IPAddress peer,
        EdgeScope scope,
        string reason,
        long suppressed
    );

    [LoggerMessage(
        1077,
        LogLevel.Information,
        "A connection from {Peer} of {Scope} is cut off: its address has passed to another port ({Suppressed} more like it were not told.)"
    )]
    public static partial void CutOff(ILogger logger, System.Net.IPAddress peer, EdgeScope scope, long suppressed);

    [LoggerMessage(
        1075,
        LogLevel.Warning,
        "This kernel is older than Linux 5.10 and does not show guests' MACs: guests with link-local addresses that are not made of a MAC are refused"
    )]
    public static partial void SynsNotKept(ILogger logger);

    [LoggerMessage(
        1076,
        LogLevel.Warning,
        "No port security holds guests to their MACs and addresses (edge.port_security): a guest may claim to be another"
    )]
    public static partial void NoAntiSpoofing(ILogger logger);

    [LoggerMessage(
        1072,
        LogLevel.Warning,
        "Nothing can be told at {Socket} now: {Error} ({Suppressed} more like it were not logged)"
    )]
    public static partial void DropInsNotTold(
        ILogger logger,
        string socket,
        System.Net.Sockets.SocketError error,
        long suppressed
    );

    [LoggerMessage(
        1100,
        LogLevel.Warning,
        "The kernel does not tell which namespaces come and go, so they are looked for every second: {Reason}"
    )]
    public static partial void NamespacesNotWatched(ILogger logger, string reason);

    [LoggerMessage(
        1104,
        LogLevel.Warning,
        "{Count} processes cannot be looked at, so an earlier edge's may be among them: {Reason}"
    )]
    public static partial void LeftOverUnknown(ILogger logger, int count, string reason);

    [LoggerMessage(1101, LogLevel.Information, "The kernel tells again which namespaces come and go")]
    public static partial void NamespacesWatchedAgain(ILogger logger);

    [LoggerMessage(
        1102,
        LogLevel.Warning,
        "It is unknown whether the process {Process} that stands for haproxy is there, so its network stays served: {Reason} ({Suppressed} more like it were not logged)"
    )]
    public static partial void PlaceholderUnknown(ILogger logger, int process, string reason, long suppressed);

    [LoggerMessage(
        1103,
        LogLevel.Warning,
        "The record {Path} of a drop-in cannot be read, and is read again later: {Reason} ({Suppressed} more like it were not logged)"
    )]
    public static partial void RecordUnreadable(ILogger logger, string path, string reason, long suppressed);

    [LoggerMessage(1080, LogLevel.Warning, "{What} failed and is tried again until it succeeds: {Reason}")]
    public static partial void AttemptFailed(ILogger logger, string what, string reason);

    [LoggerMessage(
        1081,
        LogLevel.Error,
        "{File} cannot be read, so that guests may have to wait; what it told last still holds: {Reason}"
    )]
    public static partial void AppliedNotReadable(ILogger logger, string file, string reason);
}
