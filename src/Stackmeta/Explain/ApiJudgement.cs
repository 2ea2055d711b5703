using Stackmeta.Core.Refusals;

namespace Stackmeta;

/// <summary>The metadata API and the instance's record in it.</summary>
static class ApiJudgement
{
    public static LinkVerdict Api(PathSights sights)
    {
        if (sights.Agent is { Status: >= 200 and < 300 })
        {
            return LinkVerdict.Fine(PathLink.Api, "answers the agent");
        }
        // 403 has one meaning in both agents, and in all releases.
        if (sights.Agent is { Status: 403 } || sights is { Api.Status: 403, SecretProblem: null })
        {
            return LinkVerdict.Broken(Finding.SignatureRefused, "it answers 403 to the signature");
        }
        return sights.Api switch
        {
            null when sights.Agent is { Status: >= 500 and var status } => LinkVerdict.Broken(
                Finding.ApiFailed,
                $"the agent answers {status}"
            ),
            null => LinkVerdict.NotLookedAt(PathLink.Api, sights.SecretProblem ?? "nothing asks it for this guest"),
            { Kind: HopAnswerKind.Refused } => LinkVerdict.Broken(
                Finding.ApiUnreachable,
                $"{sights.ApiAddress} cannot be reached"
            ),
            { Kind: HopAnswerKind.Silent } when !IsStoreDown(sights) => LinkVerdict.Broken(
                Finding.ApiSilent,
                $"{sights.ApiAddress}: no answer in {ListenerJudgement.Seconds(sights.Patience)}"
            ),
            { Status: >= 500 and var status } when !IsStoreDown(sights) => LinkVerdict.Broken(
                Finding.ApiFailed,
                $"{sights.ApiAddress} answers {status}"
            ),
            _ when sights.SecretProblem is { } problem => LinkVerdict.NotLookedAt(
                PathLink.Api,
                $"{sights.ApiAddress} answers, and is not asked for the guest: {problem}"
            ),
            _ => LinkVerdict.Fine(PathLink.Api, sights.ApiAddress),
        };
    }

    public static LinkVerdict Record(PathSubject subject, PathSights sights)
    {
        if (sights.Agent is { Status: >= 200 and < 300, Text: var text })
        {
            return subject.Port is { } own && !text.Contains(own.DeviceId, StringComparison.OrdinalIgnoreCase)
                ? LinkVerdict.Broken(Finding.AnswerOfAnother, "the uuid in meta_data.json is another's")
                : LinkVerdict.Fine(PathLink.Record, "meta_data.json has the right uuid");
        }
        switch (sights.Record)
        {
            case Refusal.InstanceNotFound:
                return LinkVerdict.Broken(Finding.RecordMissing, "there is no such instance");
            case Refusal.InstanceSourceUnavailable or Refusal.InstanceSourceFailed:
                return LinkVerdict.Broken(Finding.RecordUnreadable, RefusalDescription.Of(sights.Record.Value).Name);
            case null when sights.IsRecordLate && sights.Api is { Kind: HopAnswerKind.Silent }:
                return LinkVerdict.Broken(
                    Finding.RecordUnreadable,
                    $"no answer in {ListenerJudgement.Seconds(sights.Patience)}"
                );
            case null when sights.IsRecordLate:
                return LinkVerdict.NotLookedAt(
                    PathLink.Record,
                    $"no answer in {ListenerJudgement.Seconds(sights.Patience)}: wait longer with --patience"
                );
        }
        if (subject.Port is { } port && sights.RecordProject is { } project && port.ProjectId != project)
        {
            return LinkVerdict.Broken(
                Finding.ProjectMismatch,
                $"the port is {port.ProjectId}'s, the instance {project}'s"
            );
        }
        return sights.Agent switch
        {
            { Status: 404 } when sights.LookUp == Refusal.None => LinkVerdict.Broken(
                Finding.RecordMissing,
                "the API answers 404"
            ),
            _ when sights.Record == Refusal.None => LinkVerdict.Fine(PathLink.Record, "can be read"),
            _ => LinkVerdict.NotLookedAt(PathLink.Record, "nothing asks for it"),
        };
    }

    /// <summary>Whether the store is what fails, so that the API is only the messenger.</summary>
    static bool IsStoreDown(PathSights sights) =>
        sights.Record is Refusal.InstanceSourceUnavailable or Refusal.InstanceSourceFailed
        || sights.LookUp == Refusal.PortDirectoryUnavailable
        || sights.IsRecordLate;
}
