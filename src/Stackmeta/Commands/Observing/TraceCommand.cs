using System.CommandLine;
using System.Text.Json;
using System.Threading.Channels;
using Stackmeta.Admin;

namespace Stackmeta;

/// <summary><c>stackmeta trace</c>: guests' requests as they end.</summary>
static class TraceCommand
{
    public static Command Create(CommonOptions common)
    {
        var filter = new RequestFilter();
        var sequence = new Option<bool>("--sequence")
        {
            Description = "Draw each request as the messages between guest, hops and stores, with times",
        };
        var count = new Option<int?>("--count") { Description = "End after so many requests", HelpName = "N" };
        var format = OutputOption.Create(OutputFormat.Table, OutputFormat.Json);
        var command = new ExampleCommand(
            "trace",
            "Show guests' requests as they happen, a line each.",
            "stackmeta trace",
            "stackmeta trace --instance web-1 --sequence",
            "stackmeta trace --output json | jq .duration_ms"
        )
        {
            filter.Network,
            filter.Instance,
            sequence,
            count,
            format,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var signals = new StopSignals(cancellationToken);
                var settings = common.Read(parsed);
                var chosen = await filter.ReadAsync(parsed, settings, signals.Token);
                var notes = parsed.InvocationConfiguration.Error;
                var clients = await AdminClient.FindAsync(settings, notes, signals.Token);
                foreach (var unknown in chosen.Unknown)
                {
                    await notes.WriteLineAsync(
                        $"The inventory has no {unknown.Kind} {unknown.Id}; requests are awaited all the same."
                    );
                }
                var left = parsed.GetValue(count) ?? int.MaxValue;
                var show = Printer(parsed, parsed.GetValue(format), parsed.GetValue(sequence));
                try
                {
                    await foreach (var line in MergeAsync(clients, $"/trace{chosen.Query}", signals.Token))
                    {
                        show(line);
                        if (!line.TryGetProperty("missed", out _) && --left <= 0)
                        {
                            break;
                        }
                    }
                }
                catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
                {
                    // Who watched has seen enough.
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static Action<JsonElement> Printer(ParseResult parsed, OutputFormat format, bool isSequence)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (format == OutputFormat.Json)
        {
            return line => output.WriteLine(line.GetRawText());
        }
        return line =>
        {
            if (line.TryGetProperty("missed", out var missed))
            {
                output.WriteLine($"({missed.GetInt64()} more were missed: they came faster than they could be shown)");
                return;
            }
            var request = TracedRequest.Of(line);
            foreach (var text in isSequence ? SequenceDrawing.Draw(request) : [request.Line])
            {
                output.WriteLine(text);
            }
        };
    }

    /// <summary>What all processes tell, as it comes; ends when all have ended.</summary>
    static async IAsyncEnumerable<JsonElement> MergeAsync(
        IReadOnlyList<AdminClient> clients,
        string target,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lines = Channel.CreateBounded<JsonElement>(64);
        var all = Task.WhenAll(clients.Select(client => PumpAsync(client, target, lines.Writer, stop.Token)));
        _ = all.ContinueWith(
            task => lines.Writer.TryComplete(task.Exception?.InnerException),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
            {
                yield return line;
            }
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var client in clients)
            {
                client.Dispose();
            }
        }
    }

    static async Task PumpAsync(
        AdminClient client,
        string target,
        ChannelWriter<JsonElement> lines,
        CancellationToken cancellationToken
    )
    {
        await foreach (var line in client.FollowAsync(target, cancellationToken))
        {
            await lines.WriteAsync(line, cancellationToken);
        }
    }
}
