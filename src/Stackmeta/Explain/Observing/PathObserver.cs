using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Looks at everything on the path of one guest. Reads only; what it sends are questions that a guest could ask.</summary>
/// <param name="settings">Where the hops are.</param>
/// <param name="folder">Where their files are.</param>
/// <param name="questions">What can be looked up in this process; null without an inventory.</param>
/// <param name="patience">How long one question may take.</param>
sealed class PathObserver(SettingValues settings, DataFolder folder, StoreQuestions? questions, TimeSpan patience)
{
    /// <exception cref="EdgeException">This host may not be looked at.</exception>
    public async Task<PathSights> LookAsync(PathSubject subject, CancellationToken cancellationToken)
    {
        var edge = new EdgeObserver(subject, patience);
        var hops = new HopObserver(subject, settings, folder, patience);
        var looking = edge.LookAsync(cancellationToken);
        var asking = hops.LookAsync(cancellationToken);
        var storing =
            questions?.AskAsync(subject, patience, cancellationToken) ?? Task.FromResult<StoreAnswers>(new(null, null));
        var sights = await looking;
        var answers = await asking;
        var store = await storing;
        return sights with
        {
            Socket = HopObserver.SocketOf(
                sights.Owner?.AgentSocket ?? folder.AgentSocket,
                // Only haproxy runs as a user of its own.
                needsOthers: sights.Owner is { Program: "haproxy" }
            ),
            Agent = answers.Agent,
            Api = answers.Api,
            ApiAddress = answers.ApiAddress,
            SecretProblem = answers.SecretProblem,
            Documents = answers.Documents,
            LookUp = store.LookUp,
            Record = store.Record,
            Host = HostObserver.Look(folder),
        };
    }
}
