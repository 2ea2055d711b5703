using Stackmeta.Tests.Support;

namespace Stackmeta.Reference.Tests;

/// <summary>
/// The requests of every client that was recorded or measured, sent by a guest through our edge to our agent and our API in front of the
/// recorded cloud, and compared with what Nova told that guest.
/// </summary>
[Collection(ReferenceCollection.Name)]
public sealed class ClientReplayTests(ReferenceCloud cloud)
{
    /// <summary>The guest at the cable.</summary>
    const string Guest = "afc01aa3-f611-54a8-9ab3-f9fa2466ada0";

    [Fact]
    public async Task Every_client_is_answered_as_Nova_answers()
    {
        Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
        Assert.SkipWhen(GuestCable.Missing is not null, GuestCable.Missing ?? "");
        var kind = ProxyKind.Network;
        await using var neutron = new RecordedNeutron();
        // One of the clients stores a password.
        await using var api = await cloud.StartOnAsync(ReferenceCloud.WritablePrefix);
        await using var agent = await AgentRig.StartAsync(neutron.Directory(), new Uri($"http://{api.Address}"));
        await using var cable = await GuestCable.LayAsync(kind);
        await using var edge = await EdgeInPlace.StartAsync(cable, kind, agent.SocketPath, TimeProvider.System);

        var verdicts = new Verdicts();
        foreach (var name in ClientTrace.Names)
        {
            var requests = ClientTrace.Read(name);
            foreach (var connection in requests.GroupBy(request => request.Connection))
            {
                var isPipelined = name.Contains("pipelined", StringComparison.Ordinal);
                var answers = await ConverseAsync(cable, [.. connection], isPipelined);
                foreach (var (request, answer) in connection.Zip(answers))
                {
                    Judge(name, request, cloud.Seeds.Apply(answer), verdicts);
                }
            }
        }

        verdicts.Expect("595 requests, 569 identical, 26 by rule (newer OpenStack version 26), 0 mismatches");
    }

    /// <summary>Sends a connection's requests one after the other, or all at once, to the address that the client had.</summary>
    static async Task<List<Answer>> ConverseAsync(GuestCable cable, ClientRequest[] requests, bool isPipelined)
    {
        var server = requests[0].IsIpv6 ? ProxyKind.NetworkOverIpv6.Server : ProxyKind.Network.Server;
        using var connection = RawHttp.On(await cable.ConnectAsync(server));
        var answers = new List<Answer>();
        if (isPipelined)
        {
            await connection.SendAsync(string.Concat(requests.Select(request => request.Text)));
        }
        foreach (var request in requests)
        {
            if (!isPipelined)
            {
                await connection.SendAsync(request.Text);
            }
            answers.Add(Answer.Of(await connection.ReadAnswerAsync(request.Method == "HEAD")));
        }
        return answers;
    }

    static void Judge(string client, ClientRequest request, Answer ours, Verdicts verdicts)
    {
        var expected = Expected(request);
        if (ours.Fault is null && ours.Matches(expected))
        {
            verdicts.Identical();
        }
        else if (ours.Fault is null && Rules.ListsNewerVersion(expected, ours))
        {
            verdicts.ByRule("newer OpenStack version");
        }
        else
        {
            verdicts.Mismatch(
                $"{client}: {request.Method} {request.Path}: {expected.Status} {string.Join(',', expected.ContentTypes)} -> {ours.Status} {string.Join(',', ours.ContentTypes)} {ours.Fault}"
            );
        }
    }

    /// <summary>As recorded for other instances.</summary>
    static readonly Answer Stored = new() { Status = 200, ContentTypes = ["text/html; charset=UTF-8"] };

    static Answer Expected(ClientRequest request)
    {
        if (request is { Method: "POST", Path: "/openstack/2013-04-04/password" })
        {
            return Stored;
        }
        return Library.Instance.OfNova(Guest, request.Method, request.Path) is { IsSuccess: true } told
            ? told
            // Of what Nova was not asked there is nothing: other versions, keys that this instance has not, tokens.
            : NotFound(request.Accept);
    }

    /// <summary>Nova's page, in the form that the client accepts.</summary>
    static Answer NotFound(string? accept) =>
        HaproxyRecording
            .Read("haproxy", "network")
            .First(exchange => exchange.Note == (accept is null ? "404" : "404 with Accept */*"))
            .Answers[0];
}
