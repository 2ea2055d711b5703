using Stackmeta.Core.Refusals;

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
            _ when !socket.IsOpenToProxy => LinkVerdict.Broken(
                Finding.SocketClosed,
                $"{sights.Owner?.Program} may not connect to {socket.Path}"
            ),
            _ when sights.Agent is { Kind: HopAnswerKind.Silent } && !IsBehindSilent(sights) => LinkVerdict.Broken(
                Finding.AgentSilent,
                $"{socket.Path}: no answer in {ListenerJudgement.Seconds(sights.Patience)}"
            ),
            _ => LinkVerdict.Fine(PathLink.Socket, socket.Path),
        };
    }

    public static LinkVerdict LookUp(PathSubject subject, PathSights sights)
    {
        if (sights.Agent is { Status: >= 200 and < 300 })
        {
            return LinkVerdict.Fine(PathLink.LookUp, "the agent finds the port");
        }
        switch (sights.LookUp)
        {
            case Refusal.PortDirectoryUnavailable:
            case null when IsLookUpHung(sights):
                return LinkVerdict.Broken(
                    Finding.LookUpFailed,
                    sights.LookUp is null
                        ? $"no answer in {ListenerJudgement.Seconds(sights.Patience)}"
                        : "the answer is that it is down"
                );
            case null when sights.IsLookUpLate:
                return LinkVerdict.NotLookedAt(
                    PathLink.LookUp,
                    $"no answer in {ListenerJudgement.Seconds(sights.Patience)}: wait longer with --patience"
                );
            case { } refusal and not Refusal.None:
                return LinkVerdict.Broken(Finding.LookUpFailed, RefusalDescription.Of(refusal).Name);
        }
        return sights.Agent switch
        {
            _ when sights.LookUp == Refusal.None => LinkVerdict.Fine(PathLink.LookUp, "one port has the address"),
            { Status: 404 } when subject.Origin == SubjectOrigin.Nobody => LinkVerdict.Broken(
                Finding.LookUpFailed,
                "404: no port, or no instance"
            ),
            _ => LinkVerdict.NotLookedAt(PathLink.LookUp, "the agent cannot be asked"),
        };
    }

    /// <summary>Whether a proxy's silence comes from further behind, for which it only waits.</summary>
    public static bool IsBehindListenerSilent(PathSights sights) =>
        IsBehindSilent(sights)
        || (sights.Owner is not { HasAgent: true } && sights.Agent is not { Kind: HopAnswerKind.Answered });

    /// <summary>Whether the agent's silence does.</summary>
    static bool IsBehindSilent(PathSights sights) =>
        IsApiDown(sights)
        || sights.LookUp == Refusal.PortDirectoryUnavailable
        || sights.Record is Refusal.InstanceSourceUnavailable
        || IsLookUpHung(sights)
        || sights.IsRecordLate;

    /// <summary>A look-up that takes long here is no proof; one for which the agent waits too, and nothing else, is.</summary>
    static bool IsLookUpHung(PathSights sights) =>
        sights is { IsLookUpLate: true, Agent.Kind: HopAnswerKind.Silent } && !IsApiDown(sights);

    static bool IsApiDown(PathSights sights) =>
        sights.Api is { Kind: not HopAnswerKind.Answered } or { Status: >= 500 };
}
