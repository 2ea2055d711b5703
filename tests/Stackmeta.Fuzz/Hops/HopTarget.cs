using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Stackmeta.Fuzz;

/// <summary>
/// A listener: whatever it is sent, it answers 2xx or 4xx or ends the connection, the same however the bytes are cut, and tells nobody of a
/// fault of its own. What it sends on is what a strict reader reads in what it was sent.
/// </summary>
abstract partial class HopTarget : FuzzTarget
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override ImmutableArray<byte[]> Samples =>
        field.IsDefault ? field = [.. RecordedRequests.With(Headers)] : field;

    public override ImmutableArray<byte[]> Words => RecordedRequests.Words;

    public override int MostSamples => 3;

    protected abstract EndPoint EndPoint { get; }

    /// <summary>What the hop before adds to a request; empty for guests.</summary>
    protected virtual string Headers => "";

    /// <summary>Gets the hop's sent-on requests, if it sends any.</summary>
    protected virtual StockUpstream? Upstream => null;

    /// <summary>Errors that were logged.</summary>
    protected FaultLog Log { get; } = new();

    /// <summary>Whether the same bytes may be answered otherwise the second time, since they change what is stored.</summary>
    protected virtual bool Changes(StrictRequest request) => false;

    /// <summary>Whether two answers are the same but for what differs by nature.</summary>
    protected virtual bool IsSame(string whole, string cut) => whole == cut;

    /// <summary>What is wrong with a request that was sent on; null if nothing is.</summary>
    protected virtual string? Judge(StrictRequest sentOn) => null;

    public override async ValueTask<string?> TryAsync(byte[] input, Random chance)
    {
        var requests = StrictReader.Read(Encoding.Latin1.GetString(input), out _, out _);
        var whole = await TalkAsync(input, []);
        var wrong = WrongWith(whole) ?? WrongWithSentOn(requests);
        if (wrong is not null)
        {
            return $"whole: {wrong}";
        }
        var cuts = Enumerable.Range(0, chance.Next(1, 6)).Select(_ => chance.Next(input.Length + 1)).Order().ToArray();
        var cut = await TalkAsync(input, cuts);
        wrong = WrongWith(cut) ?? WrongWithSentOn(requests);
        if (wrong is not null)
        {
            return $"cut at {string.Join(' ', cuts)}: {wrong}";
        }
        return IsSame(ByNature().Replace(whole, "${name}"), ByNature().Replace(cut, "${name}")) || requests.Any(Changes)
            ? null
            : $"cut at {string.Join(' ', cuts)} it is answered otherwise:\n{whole}\n--- cut:\n{cut}";
    }

    string? WrongWith(string answer)
    {
        if (Log.Take() is { } fault)
        {
            return $"logged {fault}";
        }
        for (var rest = answer; rest.Length > 0; )
        {
            var head = StatusLine().Match(rest);
            if (!head.Success)
            {
                return $"no response: {rest}";
            }
            var status = int.Parse(head.Groups["status"].ValueSpan, CultureInfo.InvariantCulture);
            if (status >= 500)
            {
                return $"answered {status}: {answer}";
            }
            var length = ContentLength().Match(head.Value) is { Success: true } match
                ? int.Parse(match.Groups["length"].ValueSpan, CultureInfo.InvariantCulture)
                : 0;
            rest = rest[head.Length..];
            // HEAD has the length and not the body.
            var isHead = rest.Length == 0 || rest.StartsWith("HTTP/1.1 ", StringComparison.Ordinal);
            if (!isHead && rest.Length < length)
            {
                return $"cut short: {answer}";
            }
            rest = isHead ? rest : rest[length..];
        }
        return null;
    }

    /// <summary>Each is one of those that a strict reader reads, in their order.</summary>
    string? WrongWithSentOn(List<StrictRequest> requests)
    {
        if (Upstream is null)
        {
            return null;
        }
        var (sentOn, fault) = Upstream.Take();
        if (fault is not null)
        {
            return $"sent on what is no request: {fault}";
        }
        var next = 0;
        foreach (var one in sentOn)
        {
            while (next < requests.Count && !IsSame(requests[next], one))
            {
                next++;
            }
            if (next++ == requests.Count)
            {
                return $"sent on what nobody asked: {one}";
            }
            var hasBody = one.Values("Content-Length").Any(static length => length != "0");
            if (one.Values("Transfer-Encoding").Any() || (hasBody && one.Method is not ("POST" or "PUT" or "PATCH")))
            {
                return $"sent on a body that may be passed over: {one}";
            }
            if (Judge(one) is { } wrong)
            {
                return wrong;
            }
        }
        return null;
    }

    static bool IsSame(StrictRequest asked, StrictRequest sentOn)
    {
        // .NET's client writes the methods that it knows in capitals.
        if (!asked.Method.Equals(sentOn.Method, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        var target = AbsoluteForm().Replace(asked.Target, "");
        var body = asked.Method is "POST" or "PUT" or "PATCH" ? asked.Body : "";
        return target == sentOn.Target && body == sentOn.Body;
    }

    /// <summary>All that is answered to bytes that end the client's side.</summary>
    async Task<string> TalkAsync(byte[] input, int[] cuts)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var socket = new Socket(
            EndPoint.AddressFamily,
            SocketType.Stream,
            EndPoint.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp
        );
        await socket.ConnectAsync(EndPoint, patience.Token);
        if (EndPoint.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = true;
        }
        var sending = SendAsync(socket, input, cuts, patience.Token);
        var answer = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer, patience.Token)) > 0; )
            {
                answer.Write(buffer, 0, count);
            }
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
        catch (OperationCanceledException)
        {
            return "neither an answer nor an end";
        }
        await sending;
        return Encoding.Latin1.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }

    static async Task SendAsync(Socket socket, byte[] input, int[] cuts, CancellationToken cancellationToken)
    {
        try
        {
            var at = 0;
            foreach (var cut in cuts.Append(input.Length))
            {
                await socket.SendAsync(input.AsMemory(at, cut - at), cancellationToken);
                if (cut < input.Length)
                {
                    // So that most pieces are read one by one; nothing depends on it.
                    await Task.Delay(1, cancellationToken);
                }
                at = cut;
            }
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It had enough before the end.
        }
    }

    [GeneratedRegex(
        @"\AHTTP/1\.1 (?<status>[1-5][0-9]{2}) [A-Za-z' -]*\r\n([!-9;-~]+: [ -~]*\r\n)*\r\n",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex StatusLine();

    [GeneratedRegex(
        @"\r\nContent-Length: (?<length>[0-9]+)\r\n",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex ContentLength();

    [GeneratedRegex(
        @"\Ahttps?://[^/?#]*",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex AbsoluteForm();

    [GeneratedRegex(
        @"(?<name>\r\nDate: |""random_seed"": "")[^\r""]*",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex ByNature();
}
