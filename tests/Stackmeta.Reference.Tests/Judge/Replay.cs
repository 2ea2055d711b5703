using System.Net;
using System.Text;
using Stackmeta.Tests.Support;

namespace Stackmeta.Reference.Tests;

/// <summary>Sends recorded requests to a server and judges the answers.</summary>
sealed class Replay(EndPoint server, RandomSeeds seeds)
{
    /// <summary>What the rows of an instance's password are after a step; null where they are not looked at.</summary>
    public Func<string, string, Task<string[]>>? PasswordRows { get; init; }

    public async Task<Verdicts> RunAsync(Recording recording)
    {
        var library = Library.Instance;
        var verdicts = new Verdicts();
        var password = recording.IsSequence ? new PasswordState(recording, library.ConflictPage) : null;
        foreach (var request in recording.Requests)
        {
            if (request.Pause > TimeSpan.Zero)
            {
                await Task.Delay(request.Pause);
                continue;
            }
            var sent = new SentRequest(recording, request);
            var ours = seeds.Apply(await AskAsync(server, sent, request.Raw is not null));
            var circumstances = new Circumstances(
                sent,
                change => library.Sibling(recording, request, change),
                library.Healthy(request),
                password
            );
            var verdict = Judge(request.Answer, ours, circumstances);
            if (
                verdict is null
                && recording.IsOtherServer
                && library.OfUsualServer(recording, request) is { } usual
                && Judge(usual, ours, circumstances) is not null
            )
            {
                verdict = "Nova's two servers disagree";
            }
            password?.Follow(sent, request.Answer, ours);
            if (
                verdict is not null
                && password is not null
                && request.RowsAfter is { } rows
                && PasswordRows is not null
            )
            {
                var stored = await PasswordRows(library.CellOf(recording), recording.Uuid);
                if (!stored.SequenceEqual(rows) && !(password.MayDiffer && stored.SequenceEqual(password.Rows())))
                {
                    verdict = null;
                    ours = ours with { Fault = $"rows {string.Join(", ", rows)} -> {string.Join(", ", stored)}" };
                }
            }
            switch (verdict)
            {
                case "":
                    verdicts.Identical();
                    break;
                case null:
                    verdicts.Mismatch($"{recording.Name} {request.Method} {request.Path} {Words(request, ours)}");
                    break;
                default:
                    verdicts.ByRule(verdict);
                    break;
            }
        }
        return verdicts;
    }

    /// <summary>Empty for identical, a rule's name, or null for neither.</summary>
    internal static string? Judge(Answer recorded, Answer ours, Circumstances circumstances)
    {
        if (ours.Fault is not null)
        {
            return null;
        }
        if (ours.Matches(recorded) && !recorded.HasOddStatusLine)
        {
            return "";
        }
        return Rules.All.FirstOrDefault(rule => rule.Holds(recorded, ours, circumstances)).Name;
    }

    /// <summary>Sends a request on a connection of its own.</summary>
    internal static async Task<Answer> AskAsync(EndPoint server, SentRequest request, bool isRaw)
    {
        using var connection = await RawHttp.ConnectAsync(server);
        await connection.SendAsync(request.Bytes);
        var isHead = !isRaw && request.Method == "HEAD";
        RawAnswer answer;
        try
        {
            answer = await connection.ReadAnswerAsync(isHead).WaitAsync(TimeSpan.FromSeconds(isRaw ? 3 : 20));
        }
        catch (TimeoutException)
        {
            // A raw request may never be complete; then no answer is the right one.
            return Answer.None;
        }
        var closes = answer["Connection"] is { } text && text.Contains("close", StringComparison.OrdinalIgnoreCase);
        var read = Answer.Of(answer);
        return closes && answer.Status != 0 && !await connection.IsClosedAsync()
            ? read with
            {
                Fault = "there are bytes after the answer",
            }
            : read;
    }

    /// <summary>How an answer differs, for people.</summary>
    internal static string Words(RecordedRequest request, Answer ours)
    {
        var recorded = request.Answer;
        var changes = string.Join(", ", request.Changes.Select(change => $"{change.Key}={change.Value}"));
        var prefix = changes.Length == 0 ? "" : $"[{changes}] ";
        if (ours.Fault is not null)
        {
            return prefix + ours.Fault;
        }
        if (recorded.Status != ours.Status)
        {
            return $"{prefix}status {recorded.Status} -> {ours.Status} {Excerpt(ours.Body, 0)}";
        }
        if (!recorded.ContentTypes.SequenceEqual(ours.ContentTypes))
        {
            return $"{prefix}type {string.Join(' ', recorded.ContentTypes)} -> {string.Join(' ', ours.ContentTypes)}";
        }
        var at = recorded.Body.AsSpan().CommonPrefixLength(ours.Body);
        return $"{prefix}body of {recorded.Body.Length} -> {ours.Body.Length} bytes, at {at}: {Excerpt(recorded.Body, at)} -> {Excerpt(ours.Body, at)}";
    }

    static string Excerpt(byte[] body, int at) =>
        Encoding
            .UTF8.GetString(body[Math.Min(body.Length, Math.Max(0, at - 20))..Math.Min(body.Length, at + 60)])
            .ReplaceLineEndings("\\n");
}
