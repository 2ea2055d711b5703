using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Stackmeta;

/// <summary><c>stackmeta watch</c>: a command that shows something, again and again.</summary>
static class WatchCommand
{
    const double UsualSeconds = 2;

    /// <summary>Commands that show and change nothing; others would do their deed every two seconds.</summary>
    static readonly string[] _shown = ["list", "show", "status", "refusals", "explain", "settings", "get"];

    // ECMA-48: cursor to the first place; erase from there on.
    const string Home = "\u001b[H\u001b[J";

    /// <param name="root">The whole program.</param>
    public static Command Create(RootCommand root)
    {
        var interval = new Option<double>("--interval", "-n")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"How often, before the command (default: {UsualSeconds})"
            ),
            HelpName = "SECONDS",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (
                    double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                    && seconds is >= 0.1 and <= 3600
                )
                {
                    return seconds;
                }
                result.AddError($"--interval is '{text}', and must be a number of seconds from 0.1 to 3600.");
                return UsualSeconds;
            },
        };
        var words = new Argument<string[]>("COMMAND")
        {
            Description = $"What is shown: {string.Join(", ", _shown)}, with its arguments and options",
            HelpName = "COMMAND",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new ExampleCommand(
            "watch",
            "Show what another command shows, anew every two seconds or when it changes, until Ctrl-C.",
            "stackmeta watch status",
            "stackmeta watch -n 5 instance list --sort name"
        )
        {
            interval,
            words,
        };
        // They are the other command's.
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var line = LineOf(parsed, interval);
                Check(CommandLine.Parse(root, line), line);
                var seconds = parsed.GetResult(interval) is null ? UsualSeconds : parsed.GetValue(interval);
                using var signals = new StopSignals(cancellationToken);
                await RunAsync(line, seconds, parsed.InvocationConfiguration.Output, signals.Token);
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>All words behind this command's own, the options that stand before it first.</summary>
    static string[] LineOf(ParseResult parsed, Option<double> interval)
    {
        var tokens = parsed.Tokens;
        var own = tokens
            .Select((token, i) => (token, i))
            .First(static one => one.token is { Type: TokenType.Command, Value: "watch" })
            .i;
        var from = own + 1;
        while (
            from < tokens.Count
            && (tokens[from].Value == interval.Name || interval.Aliases.Contains(tokens[from].Value))
        )
        {
            from += 2;
        }
        return [.. tokens.Take(own).Concat(tokens.Skip(from)).Select(static token => token.Value)];
    }

    static void Check(ParseResult asked, string[] line)
    {
        var stray = StrayOption.Find(asked, line);
        if (asked.CommandResult.Command is RootCommand && asked.UnmatchedTokens.Count == 0)
        {
            throw new CommandException($"Name what to watch: {string.Join(", ", _shown)}.", ExitCodes.Usage);
        }
        if (asked.Errors.Count > 0 || stray is not null)
        {
            throw new CommandException(UsageErrors.Describe(asked, stray).First(), ExitCodes.Usage);
        }
        if (!_shown.Contains(asked.CommandResult.Command.Name))
        {
            throw new CommandException(
                $"'{UsageErrors.PathOf(asked.CommandResult)}' does not only show something; watch is for {string.Join(", ", _shown)}.",
                ExitCodes.Usage
            );
        }
    }

    static async Task RunAsync(string[] line, double seconds, TextWriter output, CancellationToken cancellationToken)
    {
        var isTerminal = Terminal.IsOne(output);
        var before = "";
        try
        {
            while (true)
            {
                using var frame = new Terminal.Frame(Terminal.WidthOf(output));
                // What goes wrong is shown too, and may go right the next time.
                _ = await StackmetaProgram.RunAsync(line, frame, frame, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                if (frame.ToString() is var text && text != before)
                {
                    await output.WriteAsync(
                        isTerminal ? Home + text
                        : before.Length > 0 ? "\n" + text
                        : text
                    );
                    await output.FlushAsync(cancellationToken);
                    before = text;
                }
                await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Who watched has seen enough.
        }
    }
}
