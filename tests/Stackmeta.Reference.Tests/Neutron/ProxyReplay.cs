using System.Collections.Immutable;
using System.Text;

namespace Stackmeta.Reference.Tests;

/// <summary>Sends the bytes again that a guest sent through the stock haproxy, and judges what comes back.</summary>
static class ProxyReplay
{
    /// <summary>All exchanges of a kind, each on a connection of its own.</summary>
    /// <param name="ask">Sends bytes from the guest.</param>
    public static async Task<Verdicts> RunAsync(ProxyKind kind, Func<byte[], Task<byte[]>> ask, RandomSeeds seeds)
    {
        var recorded = HaproxyRecording.Read("haproxy", kind.Name);
        var verdicts = new Verdicts();
        foreach (var exchange in recorded)
        {
            var ours = HaproxyRecording.Split(await ask(exchange.Sent), exchange.IsHead);
            Assert.True(ours.Length == exchange.Answers.Length, $"{exchange.Note}: {ours.Length} answers");
            for (var i = 0; i < ours.Length; i++)
            {
                var verdict = Judge(kind, exchange, exchange.Answers[i], seeds.Apply(ours[i]), recorded);
                verdict ??= await IsLargeHeadAsync(exchange, exchange.Answers[i], ours[i], ask) ? LargeHeads : null;
                Count(verdicts, verdict, exchange, exchange.Answers[i], ours[i]);
            }
        }
        return verdicts;
    }

    /// <summary>All exchanges of a kind, while there is no agent.</summary>
    public static async Task<Verdicts> RunWithoutAgentAsync(ProxyKind kind, Func<byte[], Task<byte[]>> ask)
    {
        var recorded = HaproxyRecording.Read("haproxy-agent-down", kind.Name);
        var answers = await Task.WhenAll(recorded.Select(exchange => ask(exchange.Sent)));
        var verdicts = new Verdicts();
        foreach (var (exchange, bytes) in recorded.Zip(answers))
        {
            var ours = Assert.Single(HaproxyRecording.Split(bytes, exchange.IsHead));
            var verdict =
                ours.Matches(exchange.Answers[0]) ? ""
                : ours.Status == exchange.Answers[0].Status && ours.IsShortReason(exchange.Method) ? OwnPage
                : null;
            Count(verdicts, verdict, exchange, exchange.Answers[0], ours);
        }
        return verdicts;
    }

    const string LargeHeads = "heads of more than 16 KiB go on";
    const string OwnPage = "haproxy's page";

    static string? Judge(
        ProxyKind kind,
        HaproxyExchange exchange,
        Answer recorded,
        Answer ours,
        ImmutableArray<HaproxyExchange> all
    )
    {
        // What reaches the agent besides: the headers that the proxy adds.
        var sent = exchange.ToRequest((kind.Header, kind.Id), ("X-Forwarded-For", kind.Client));
        Answer? Plain() =>
            all.First(other => other.Sent.AsSpan().StartsWith(Encoding.ASCII.GetBytes(exchange.PlainLine))).Answers[0];
        return AgentRules.Judge(
            recorded,
            ours,
            new(sent, Sent: null, BreaksOff: false, IsDown: false, RouterHasInterfaces: true, _ => Plain())
            {
                Plain = Plain,
            }
        );
    }

    /// <summary>
    /// haproxy reads heads of up to 16 KiB (tune.bufsize). What is larger must be answered as if the long line were not there.
    /// </summary>
    static async Task<bool> IsLargeHeadAsync(
        HaproxyExchange exchange,
        Answer recorded,
        Answer ours,
        Func<byte[], Task<byte[]>> ask
    ) =>
        exchange.Sent.Length > 16 * 1024
        && recorded.Status == 400
        && HaproxyRecording.Split(await ask(exchange.WithoutLongestLine()), exchange.IsHead) is [var plain]
        && ours.Matches(plain);

    static void Count(Verdicts verdicts, string? verdict, HaproxyExchange exchange, Answer recorded, Answer ours)
    {
        switch (verdict)
        {
            case "":
                verdicts.Identical();
                break;
            case null:
                verdicts.Mismatch($"{exchange.Note}: {recorded.Status} -> {ours.Status} {ours.Fault}");
                break;
            default:
                verdicts.ByRule(verdict);
                break;
        }
    }
}
