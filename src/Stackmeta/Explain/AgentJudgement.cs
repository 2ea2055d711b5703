using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>The agent: its socket, and whether it finds out who asks.</summary>
static class AgentJudgement
{
    public static LinkVerdict Socket(PathSights sights)
    {
        var socket = sights.Socket;
        if (sights.Owner is { HasAgent: true })
        {
            return LinkVerdict.Fine(PathLink.Socket, "not on the way: edge and agent are one process");
        }
        return socket.Kind switch
        {
            SocketKind.Missing => LinkVerdict.Broken(Finding.SocketMissing, $"there is no {socket.Path}"),
            SocketKind.NotASocket => LinkVerdict.Broken(Finding.SocketForeign, $"{socket.Path} is no socket"),
            SocketKind.Dead => LinkVerdict.Broken(Finding.AgentDead, $"nobody listens on {socket.Path}"),
            _ when !socket.IsOpenToAll => LinkVerdict.Broken(
                Finding.SocketClosed,
                $"others may not connect to {socket.Path}"
            ),
            _ when sights.Agent is { Kind: HopAnswerKind.Silent } && !IsBehindSilent(sights) => LinkVerdict.Broken(
                Finding.AgentSilent,
                $"{socket.Path} takes connections and is silent"
            ),
            _ => LinkVerdict.Fine(PathLink.Socket, socket.Path),
        };
    }

    public static LinkVerdict LookUp(PathSubject subject, PathSights sights)
    {
        if (sights.LookUp is { } refusal && refusal != Refusal.None)
        {
            return refusal == Refusal.PortDirectoryUnavailable
                ? LinkVerdict.Broken(Finding.LookUpFailed, "ports cannot be looked up")
                : LinkVerdict.Broken(Finding.LookUpFailed, $"{RefusalDescription.Of(refusal).Name}");
        }
        return sights.Agent switch
        {
            { Status: >= 200 and < 300 } => LinkVerdict.Fine(PathLink.LookUp, "the agent finds the port"),
            _ when sights.LookUp == Refusal.None => LinkVerdict.Fine(PathLink.LookUp, "one port has the address"),
            { Status: 404 } when !subject.IsFromInventory => LinkVerdict.Broken(
                Finding.LookUpFailed,
                "404: no port, or no instance"
            ),
            _ => LinkVerdict.NotLookedAt(PathLink.LookUp, "the agent cannot be asked"),
        };
    }

    /// <summary>Whether the silence comes from further behind, for which the agent only waits.</summary>
    static bool IsBehindSilent(PathSights sights) =>
        sights.Api is { Kind: not HopAnswerKind.Answered } or { Status: >= 500 }
        || sights.LookUp == Refusal.PortDirectoryUnavailable
        || sights.Record is Refusal.InstanceSourceUnavailable;
}
