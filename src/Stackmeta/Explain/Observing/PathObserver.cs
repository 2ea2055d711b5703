using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Looks at everything on the path of one guest. Reads only; what it sends are questions that a guest could ask.</summary>
/// <param name="places">Where the hops are.</param>
/// <param name="folder">Where their files are.</param>
/// <param name="questions">What can be looked up in this process; null without an inventory.</param>
/// <param name="deadline">How long the questions may take.</param>
sealed class PathObserver(HopPlaces places, DataFolder folder, StoreQuestions? questions, Deadline deadline)
{
    /// <exception cref="EdgeException">This host may not be looked at.</exception>
    public async Task<PathSights> LookAsync(PathSubject subject, CancellationToken cancellationToken)
    {
        var storing =
            questions?.AskAsync(subject, deadline.Next, cancellationToken) ?? Task.FromResult<StoreAnswers>(default);
        var edge = new EdgeObserver(subject, deadline);
        var sights = await edge.LookAsync(cancellationToken);
        var asking = edge.AskAsync(sights, cancellationToken);

        // Who proxies says where to, and in a cloud that need not be where our settings say.
        var socket = sights.Owner?.AgentSocket ?? places.AgentSocket;
        var hops = new HopObserver(subject, places, deadline);
        var connecting = hops.LookAtSocketAsync(
            socket,
            // Our own edge connects as root or as the agent's user.
            sights.Owner
                is { Program: "haproxy" } haproxy
                ? haproxy.Process
                : null,
            cancellationToken
        );
        var answers = await hops.LookAsync(socket, cancellationToken);
        var store = await storing;
        return await asking with
        {
            Socket = await connecting,
            Agent = answers.Agent,
            Api = answers.Api,
            ApiAddress = answers.ApiAddress,
            SecretProblem = answers.SecretProblem,
            Documents = answers.Documents,
            LookUp = store.LookUp,
            Record = store.Record,
            RecordProject = store.Project,
            IsLookUpLate = store.IsLookUpLate,
            IsRecordLate = store.IsRecordLate,
            Host = HostObserver.Look(folder),
            Patience = deadline.Each,
        };
    }
}
