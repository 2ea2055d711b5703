using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>What agent and API answer in a guest's name.</summary>
sealed record HopAnswers(
    HopAnswer? Agent,
    HopAnswer? Api,
    string ApiAddress,
    string? SecretProblem,
    ImmutableArray<DocumentAnswer> Documents
);

/// <summary>Asks the agent as a proxy does, and the API as an agent does.</summary>
/// <param name="subject">In whose name.</param>
/// <param name="places">Where they are.</param>
/// <param name="deadline">For the questions.</param>
sealed class HopObserver(PathSubject subject, HopPlaces places, Deadline deadline)
{
    const string Identity = "/openstack/latest/meta_data.json";

    /// <summary>What cloud-init reads at a boot (spec/guest-clients.md), a document of each kind.</summary>
    static readonly string[] _documents =
    [
        Identity,
        "/openstack/latest/network_data.json",
        "/openstack/latest/vendor_data.json",
        "/openstack/latest/vendor_data2.json",
        DocumentJudgement.UserData,
        "/latest/meta-data/",
        "/latest/meta-data/instance-id",
    ];

    /// <param name="socket">The agent's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HopAnswers> LookAsync(string socket, CancellationToken cancellationToken)
    {
        if (subject.Address is not { } address)
        {
            return new(null, null, "", null, []);
        }
        using var agent = new HopQuestions(socket, deadline.Next);
        (string, string)[] headers = [("X-Forwarded-For", address.ToString()), subject.ScopeHeader];
        // Both at once: an agent that waits for a hung API says nothing, and the time would be over.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asking = AskApiAsync(Identity, address, enough.Token);
        var identity = Path.Exists(socket) ? await agent.AskAsync(Identity, headers, cancellationToken) : null;
        var where = places.Api?.Api.Authority ?? "";
        if (identity is null && await asking is { Status: >= 200 and < 300 } api)
        {
            return new(null, api, where, places.SecretProblem, await ReadFromApiAsync(address, cancellationToken));
        }
        if (identity is not { Status: >= 200 and < 300 })
        {
            return new(identity, await asking, where, places.SecretProblem, []);
        }
        // Who answers the agent need not be asked from here, and perhaps cannot be.
        await enough.CancelAsync();
        await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (deadline.IsNearlyOver)
        {
            return new(identity, null, where, places.SecretProblem, []);
        }
        using var more = new HopQuestions(socket, deadline.Next);
        var documents = await Task.WhenAll(
            _documents.Select(path => more.AskForDocumentAsync(path, headers, cancellationToken))
        );
        return new(identity, null, where, places.SecretProblem, [.. documents]);
    }

    /// <summary>A document as the guest gets it: from the agent, or where there is none from the API.</summary>
    /// <param name="path">The document.</param>
    /// <param name="router">The router that the guest's requests come by, where the inventory does not tell; null otherwise.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is nobody to ask.</returns>
    public async Task<HopAnswer?> ReadAsync(string path, string? router, CancellationToken cancellationToken)
    {
        if (subject.Address is not { } address)
        {
            return null;
        }
        if (Path.Exists(places.AgentSocket))
        {
            using var agent = new HopQuestions(places.AgentSocket, deadline.Next);
            var scope = router is null ? subject.ScopeHeader : ("X-Neutron-Router-ID", router);
            var answer = await agent.AskAsync(
                path,
                [("X-Forwarded-For", address.ToString()), scope],
                cancellationToken
            );
            if (answer.Kind != HopAnswerKind.Refused)
            {
                return answer;
            }
        }
        return places.Secret is null ? null : await AskApiAsync(path, address, cancellationToken);
    }

    /// <summary>The documents where the agent has no socket, as one that the API runs in one process with.</summary>
    async Task<ImmutableArray<DocumentAnswer>> ReadFromApiAsync(IPAddress address, CancellationToken cancellationToken)
    {
        if (
            deadline.IsNearlyOver
            || places is not { Api: { } api, Secret: { } secret }
            || ProofOf(secret, address) is not { } headers
        )
        {
            return [];
        }
        using var questions = new HopQuestions(api, deadline.Next);
        return
        [
            .. await Task.WhenAll(
                _documents.Select(path => questions.AskForDocumentAsync(path, headers, cancellationToken))
            ),
        ];
    }

    /// <summary>What an agent would send for the guest; null where it is not known for whom.</summary>
    (string Name, string Value)[]? ProofOf(byte[] secret, IPAddress address) =>
        subject.Port is { DeviceId.Length: > 0 } port
            ?
            [
                ("X-Instance-ID", port.DeviceId),
                ("X-Tenant-ID", port.ProjectId),
                ("X-Instance-ID-Signature", SignCommand.Of(secret, port.DeviceId)),
                ("X-Forwarded-For", address.ToString()),
            ]
            : null;

    /// <summary>
    /// What the API says to who may ask for the guest; to nobody in particular where nothing can be signed. Null where no API is to be
    /// asked.
    /// </summary>
    async Task<HopAnswer?> AskApiAsync(string path, IPAddress address, CancellationToken cancellationToken)
    {
        // Where nobody tells whose the network is, our settings say nothing of its API either.
        if (places.Api is not { } api || subject.Origin == SubjectOrigin.Nobody)
        {
            return null;
        }
        using var questions = new HopQuestions(api, deadline.Next);
        if (places.Secret is not { } secret)
        {
            return await questions.AskAsync("/", [], cancellationToken);
        }
        return ProofOf(secret, address) is { } headers
            ? await questions.AskAsync(path, headers, cancellationToken)
            : null;
    }

    /// <summary>What lies at the agent's path.</summary>
    /// <param name="path">Where it should be.</param>
    /// <param name="proxy">Who must connect; null where it is our own edge, which may.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SocketSight> LookAtSocketAsync(string path, int? proxy, CancellationToken cancellationToken)
    {
        if (!Path.Exists(path))
        {
            return new(path, SocketKind.Missing, IsOpenToProxy: false);
        }
        var isOpen = proxy is not { } process || SocketAccess.MayConnect(process, path);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(deadline.Next);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), timeout.Token);
            return new(path, SocketKind.Alive, isOpen);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(path, SocketKind.Alive, isOpen);
        }
        catch (SocketException e)
        {
            // ENOTSOCK comes as ECONNREFUSED too, so what it is must be asked of the file.
            return new(
                path,
                !FileKind.IsSocket(path) ? SocketKind.NotASocket
                    : e.SocketErrorCode == SocketError.ConnectionRefused ? SocketKind.Dead
                    : SocketKind.Alive,
                isOpen
            );
        }
    }
}
