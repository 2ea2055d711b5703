using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>All messages of the edge. Ids are stable and never used again: 1000 to 1999.</summary>
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

    [LoggerMessage(1006, LogLevel.Warning, "Network {Network} could not be removed: {Reason}")]
    public static partial void RemovalFailed(ILogger logger, Guid network, string reason);

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

    [LoggerMessage(1012, LogLevel.Debug, "{Program} in {Namespace} says: {Line}")]
    public static partial void ProcessSaid(ILogger logger, string program, string @namespace, string line);

    [LoggerMessage(1013, LogLevel.Warning, "Process {Process} of an edge that was killed is ended")]
    public static partial void LeftOverEnded(ILogger logger, int process);

    [LoggerMessage(1020, LogLevel.Information, "Listens for {Scope} in {Namespace}")]
    public static partial void Listens(ILogger logger, EdgeScope scope, string @namespace);

    [LoggerMessage(1021, LogLevel.Information, "No longer listens in {Namespace}")]
    public static partial void NoLongerListens(ILogger logger, string @namespace);

    [LoggerMessage(1022, LogLevel.Warning, "Cannot listen for {Scope} in {Namespace}: {Reason}")]
    public static partial void CannotListen(ILogger logger, EdgeScope scope, string @namespace, string reason);

    [LoggerMessage(1023, LogLevel.Warning, "Accepting a connection in {Namespace} failed: {Error}")]
    public static partial void AcceptFailed(ILogger logger, string @namespace, System.Net.Sockets.SocketError error);

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

    [LoggerMessage(1031, LogLevel.Debug, "Guest {Peer} of {Scope} has too many connections")]
    public static partial void TooManyConnections(ILogger logger, System.Net.IPAddress peer, EdgeScope scope);

    [LoggerMessage(1032, LogLevel.Warning, "The agent's socket {Socket} cannot be reached: {Reason}")]
    public static partial void AgentUnreachable(ILogger logger, string socket, string reason);

    [LoggerMessage(1040, LogLevel.Warning, "A drop-in for haproxy is refused: {Reason}")]
    public static partial void DropInRefused(ILogger logger, string reason);

    [LoggerMessage(1050, LogLevel.Error, "Router {Router}: {Reason}")]
    public static partial void RouterFailed(ILogger logger, Guid router, string reason);

    [LoggerMessage(1051, LogLevel.Warning, "Router {Router} could not be removed: {Reason}")]
    public static partial void RouterRemovalFailed(ILogger logger, Guid router, string reason);
}
