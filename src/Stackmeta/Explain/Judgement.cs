using System.Collections.Immutable;

namespace Stackmeta;

/// <summary>Makes of what was seen a verdict on each link. Pure: the same sights, the same words.</summary>
static class Judgement
{
    public static Explanation Of(PathSubject subject, PathSights sights)
    {
        ImmutableArray<LinkVerdict> links =
        [
            OwnerJudgement.Port(subject, sights),
            OwnerJudgement.Instance(subject),
            NamespaceJudgement.Namespace(subject, sights),
            NamespaceJudgement.Device(subject, sights),
            NamespaceJudgement.Address(subject, sights),
            LinkJudgement.Attachment(subject, sights),
            DhcpJudgement.Server(subject, sights),
            DhcpJudgement.Route(subject, sights),
            ListenerJudgement.Firewall(subject, sights),
            ListenerJudgement.Listener(subject, sights),
            AgentJudgement.Socket(sights),
            AgentJudgement.LookUp(subject, sights),
            ApiJudgement.Api(sights),
            ApiJudgement.Record(subject, sights),
            DocumentJudgement.Documents(sights),
            HostJudgement.Host(sights),
        ];
        return new(subject.Title, links);
    }
}
