using System.Globalization;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Whether a connection to the metadata port is made, and with whom.</summary>
static class ListenerJudgement
{
    public static LinkVerdict Firewall(PathSubject subject, PathSights sights)
    {
        if (sights.Listener is null)
        {
            return LinkVerdict.NotLookedAt(PathLink.Firewall, "nobody listens behind it");
        }
        if (sights is { Owner.IsStopped: true, Probe: not GuestProbeResult.Accepted })
        {
            // Its queue may be full, and then the kernel drops packets without any rule.
            return LinkVerdict.NotLookedAt(PathLink.Firewall, "nobody takes connections behind it");
        }
        var listener = $"port {subject.ListenPort}";
        return (sights.Probe, sights.InsideAnswer?.Kind) switch
        {
            (GuestProbeResult.Refused or GuestProbeResult.Lost, _) when sights.HasRedirect == false =>
                LinkVerdict.Broken(
                    Finding.RedirectMissing,
                    $"no rule turns 169.254.169.254 port 80 to port {subject.ListenPort}"
                ),
            (GuestProbeResult.Refused, _) or (null, NamespaceAnswerKind.Refused) => LinkVerdict.Broken(
                Finding.FirewallRejects,
                $"{listener} is open and refuses"
            ),
            (GuestProbeResult.Lost, _) or (null, NamespaceAnswerKind.NoConnection or NamespaceAnswerKind.Unreachable) =>
                LinkVerdict.Broken(Finding.FirewallDrops, "a guest's packet gets no answer"),
            (GuestProbeResult.Accepted, _) => LinkVerdict.Fine(PathLink.Firewall, "a guest's packet gets through"),
            (null, NamespaceAnswerKind.Answered or NamespaceAnswerKind.Silent) => LinkVerdict.NotLookedAt(
                PathLink.Firewall,
                "open from inside; no link to send a guest's packet into"
            ),
            _ => LinkVerdict.NotLookedAt(PathLink.Firewall, "no link to send a guest's packet into"),
        };
    }

    public static LinkVerdict Listener(PathSubject subject, PathSights sights)
    {
        if (sights.Namespace is null)
        {
            return LinkVerdict.NotLookedAt(PathLink.Listener, "no namespace");
        }
        if (sights.Listener is null)
        {
            return LinkVerdict.Broken(
                Finding.ListenerMissing,
                subject.IsRouted
                    ? $"nothing listens on port {subject.ListenPort}"
                    : $"nothing listens on {subject.MetadataIp} port {subject.ListenPort}"
            );
        }
        var owner = sights.Owner is { } known ? $"{known.Program} {known.Process}" : "a process that cannot be seen";
        if (sights.Owner is { IsProxy: false })
        {
            return LinkVerdict.Broken(Finding.ListenerForeign, $"{owner} has port {subject.ListenPort}");
        }
        if (sights.Owner is { IsStopped: true })
        {
            return LinkVerdict.Broken(Finding.ListenerSilent, $"{owner} is stopped");
        }
        return sights.InsideAnswer switch
        {
            { Kind: NamespaceAnswerKind.Silent } when AgentJudgement.IsBehindListenerSilent(sights) => LinkVerdict.Fine(
                PathLink.Listener,
                $"{owner} takes connections, and waits for what is behind it"
            ),
            { Kind: NamespaceAnswerKind.Silent } => LinkVerdict.Broken(
                Finding.ListenerSilent,
                $"{owner} takes connections, no answer in {Seconds(sights.Patience)}"
            ),
            { Kind: NamespaceAnswerKind.Answered, Status: var status } => LinkVerdict.Fine(
                PathLink.Listener,
                $"{owner} answers ({status} to the namespace itself)"
            ),
            // A router's rules let nobody in who does not come through it; a guest's packet has told that it is open.
            _ when sights.Probe == GuestProbeResult.Accepted => LinkVerdict.Fine(
                PathLink.Listener,
                $"{owner} has port {subject.ListenPort}"
            ),
            _ => LinkVerdict.NotLookedAt(PathLink.Listener, $"{owner} cannot be asked"),
        };
    }

    /// <summary>How long was waited, for people.</summary>
    public static string Seconds(TimeSpan patience) =>
        string.Create(CultureInfo.InvariantCulture, $"{patience.TotalSeconds:0.##} s");
}
