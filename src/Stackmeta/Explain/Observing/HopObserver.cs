using System.Collections.Immutable;
using System.Net.Sockets;

namespace Stackmeta;

/// <summary>What agent and API answer in a guest's name.</summary>
sealed record HopAnswers(
    HopAnswer? Agent,
    HopAnswer? Api,
    string ApiAddress,
    string? SecretProblem,
    ImmutableArray<DocumentAnswer> Documents
);

/// <summary>Asks the agent as a proxy does, and, where it does not answer, the API as an agent does.</summary>
/// <param name="subject">In whose name.</param>
/// <param name="settings">Where the API is.</param>
/// <param name="folder">Where the agent's socket and the secret are.</param>
/// <param name="patience">For each question.</param>
sealed class HopObserver(PathSubject subject, SettingValues settings, DataFolder folder, TimeSpan patience)
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

    public async Task<HopAnswers> LookAsync(CancellationToken cancellationToken)
    {
        if (subject.Address is not { } address)
        {
            return new(null, null, "", null, []);
        }
        using var agent = new HopQuestions(folder.AgentSocket, patience);
        (string, string)[] headers = [("X-Forwarded-For", address.ToString()), subject.ScopeHeader];
        var identity = File.Exists(folder.AgentSocket)
            ? await agent.AskAsync(Identity, headers, cancellationToken)
            : null;
        if (identity is not { Status: >= 200 and < 300 })
        {
            return await AskApiAsync(identity, Identity, cancellationToken);
        }
        var documents = await Task.WhenAll(
            _documents.Select(path => agent.AskForDocumentAsync(path, headers, cancellationToken))
        );
        return new(identity, null, "", null, [.. documents]);
    }

    /// <summary>A document as the guest gets it: from the agent, or where there is none from the API.</summary>
    /// <param name="path">The document.</param>
    /// <param name="router">The router that the guest's requests come by, where the inventory does not tell; null otherwise.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is nobody to ask.</returns>
    public async Task<HopAnswer?> ReadAsync(string path, string? router, CancellationToken cancellationToken)
    {
        if (subject.Address is { } address && File.Exists(folder.AgentSocket))
        {
            using var agent = new HopQuestions(folder.AgentSocket, patience);
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
        return (await AskApiAsync(null, path, cancellationToken)).Api;
    }

    /// <summary>The agent gave no answer: is it the API?</summary>
    async Task<HopAnswers> AskApiAsync(HopAnswer? agent, string path, CancellationToken cancellationToken)
    {
        var api = ApiOf(settings);
        if (api is null || subject is not { Address: { } address, Port: { DeviceId.Length: > 0 } port })
        {
            return new(agent, null, "", null, []);
        }
        string signature;
        try
        {
            signature = SignCommand.Of(SharedSecret.Read(folder.SharedSecretFile), port.DeviceId);
        }
        catch (SettingsException e)
        {
            return new(agent, null, $"{api.Authority}", e.Problems[0].ToString(), []);
        }
        using var questions = new HopQuestions(api, patience);
        var answer = await questions.AskAsync(
            path,
            [
                ("X-Instance-ID", port.DeviceId),
                ("X-Tenant-ID", port.ProjectId),
                ("X-Instance-ID-Signature", signature),
                ("X-Forwarded-For", address.ToString()),
            ],
            cancellationToken
        );
        return new(agent, answer, api.Authority, null, []);
    }

    /// <summary>The API that the agent asks; null when it is the agent's own process.</summary>
    static Uri? ApiOf(SettingValues settings) =>
        settings.IsSet(KnownSettings.AgentApi) ? settings.Get(KnownSettings.AgentApi)
        : settings.Get(KnownSettings.ApiListen) is [var first, ..] ? new Uri($"http://{first}")
        : null;

    /// <summary>What lies at the agent's path.</summary>
    /// <param name="path">Where it should be.</param>
    /// <param name="needsOthers">Whether it is another user who must connect.</param>
    public static SocketSight SocketOf(string path, bool needsOthers)
    {
        if (!File.Exists(path))
        {
            return new(path, SocketKind.Missing, IsOpenToAll: false);
        }
        var isOpen = !needsOthers || File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherWrite);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new(path, SocketKind.Alive, isOpen);
        }
        catch (SocketException e)
        {
            // ENOTSOCK comes as ECONNREFUSED too, so what it is must be asked of the file.
            var isSocket = e.SocketErrorCode == SocketError.ConnectionRefused && FileKind.IsSocket(path);
            return new(path, isSocket ? SocketKind.Dead : SocketKind.NotASocket, isOpen);
        }
    }
}
