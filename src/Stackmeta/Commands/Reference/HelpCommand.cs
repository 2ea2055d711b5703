using System.CommandLine;

namespace Stackmeta;

/// <summary><c>stackmeta help</c> and <c>stackmeta version</c>: the options of these names, as words.</summary>
static class HelpCommand
{
    /// <param name="root">The whole program.</param>
    public static IEnumerable<Command> Create(RootCommand root)
    {
        var words = new Argument<string[]>("COMMAND")
        {
            Description = "The command; the whole program if none is named",
            HelpName = "COMMAND",
            Arity = ArgumentArity.ZeroOrMore,
        };
        words.CompletionSources.Add(_ =>
            root.Subcommands.Where(static one => !one.Hidden).Select(static one => one.Name)
        );
        var help = new ExampleCommand(
            "help",
            "Show what a command does.",
            "stackmeta help",
            "stackmeta help port attach"
        )
        {
            words,
        };
        help.SetAction(parsed => Invoke(root, parsed, [.. parsed.GetValue(words)!, "--help"]));
        yield return help;
        var version = new ExampleCommand("version", "Show which version this is.", "stackmeta version");
        version.SetAction(parsed => Invoke(root, parsed, ["--version"]));
        yield return version;
    }

    static int Invoke(RootCommand root, ParseResult parsed, string[] line)
    {
        var asked = CommandLine.Parse(root, line);
        return UsageErrors.IsOfUnknown(asked)
            ? throw new CommandException(UsageErrors.Describe(asked, stray: null).First(), ExitCodes.Usage)
            : asked.Invoke(parsed.InvocationConfiguration);
    }
}
