namespace Stackmeta.EndToEnd.Tests;

/// <summary>
/// Faults between haproxy and agent: the same variables as <see cref="OneProcessFaults"/>, and PROGRAM, the process of
/// <c>stackmeta up</c>, HAPROXY, that of the network's haproxy, and SOCKET, the agent's. <c>serve</c> runs Python that stays.
/// </summary>
static class HaproxyFaults
{
    const string Away = "mv $SOCKET $SOCKET.kept";
    const string Back = "ended; rm -rf $SOCKET; mv $SOCKET.kept $SOCKET";

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("an agent's socket that is removed", Finding.SocketMissing, Away) { Heal = Back },
        new("a file in the socket's place", Finding.SocketForeign, $"{Away}; : > $SOCKET") { Heal = Back },
        new("a folder in the socket's place", Finding.SocketForeign, $"{Away}; mkdir $SOCKET") { Heal = Back },
        new(
            "a socket that only its owner may use",
            Finding.SocketClosed,
            "stat -c %u $SOCKET >$DATA/owner; chown root $SOCKET"
        )
        {
            Heal = "chown $(cat $DATA/owner) $SOCKET; rm $DATA/owner",
        },
        new("a folder that the proxy may not pass", Finding.SocketClosed, "chmod 700 $DATA")
        {
            Heal = "chmod 711 $DATA",
        },
        new(
            "a socket that nobody listens on",
            Finding.AgentDead,
            $"{Away}; python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $SOCKET"
        )
        {
            Heal = Back,
        },
        new(
            "another agent that answers for another",
            Finding.AnswerOfAnother,
            $"{Away}; serve foreign-agent.py $SOCKET; chmod 666 $SOCKET"
        )
        {
            Heal = Back,
        },
        new("a haproxy that is stopped", Finding.ListenerSilent, "kill -STOP $HAPROXY")
        {
            Heal = "kill -CONT $HAPROXY",
            Patience = "2",
        },
        new("a haproxy that is gone", Finding.ListenerMissing, "kill -STOP $PROGRAM; kill -9 $HAPROXY")
        {
            Heal = "kill -CONT $PROGRAM",
            Patience = "2",
        },
        new(
            "another program on the metadata port",
            Finding.ListenerForeign,
            "kill -STOP $PROGRAM; kill -9 $HAPROXY; serve_in $NS -m http.server 80 --bind 169.254.169.254; kill -CONT $PROGRAM"
        ),
    ];
}
