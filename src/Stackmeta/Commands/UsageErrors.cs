using System.CommandLine;
using System.CommandLine.Parsing;

namespace Stackmeta;

/// <summary>What is wrong with a command line, in the program's own words where the library would only say that something is.</summary>
static class UsageErrors
{
    /// <param name="parsed">The command line; it has errors or a stray option.</param>
    /// <param name="stray">A word that looks like an option and is none.</param>
    /// <returns>Sentences, the one that helps most first.</returns>
    public static IEnumerable<string> Describe(ParseResult parsed, StrayOption? stray)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed.CommandResult);
        if (stray is not null)
        {
            return [Describe(parsed, path, stray)];
        }
        var unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (command.Subcommands.Count > 0 && command.Action is null)
        {
            var verbs = VerbsOf(command);
            return
            [
                unknown is null
                    ? $"'{path}' needs a command: {string.Join(", ", verbs)}."
                    : UnknownCommand(path, unknown, verbs),
            ];
        }
        return unknown is null ? parsed.Errors.Select(static error => error.Message)
            : unknown.StartsWith('-') ? [Describe(parsed, path, new StrayOption(unknown, Option: null))]
            : [$"'{path}' takes no further argument '{unknown}'."];
    }

    /// <summary>The program's name and those of the commands down to this one.</summary>
    public static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "stackmeta";

    /// <summary>An unknown word with --help or --version behind it: what was meant would be shown of another command.</summary>
    public static bool IsOfUnknown(ParseResult parsed) =>
        parsed.CommandResult.Command.TreatUnmatchedTokensAsErrors
        && parsed.UnmatchedTokens.Count > 0
        // A completion's words are never whole.
        && !parsed.Tokens.Any(static token => token.Type == TokenType.Directive);

    static string UnknownCommand(string path, string word, List<string> verbs) =>
        OtherWords.ForCommand(word, verbs) is { } ours
            ? $"'{path}' has no command '{word}'; it is '{ours}' here."
            : $"'{path}' has no command '{word}'{NearestName.Hint(word, verbs, $"there are {string.Join(", ", verbs)}")}";

    static List<string> VerbsOf(Command command) =>
        [.. command.Subcommands.Where(static verb => !verb.Hidden).Select(static verb => verb.Name)];

    static string Describe(ParseResult parsed, string path, StrayOption stray)
    {
        var options = OptionsOf(parsed).ToList();
        var hint = OtherWords.ForOption(stray.Word, options) is { } ours
            ? $"; it is '{ours}' here."
            : NearestName.Hint(stray.Word, options, "its help lists all");
        var sentence = $"'{path}' has no option '{stray.Word}'{hint}";
        return stray.Option is not null
                ? $"{sentence} If it is the value of {stray.Option}, write {stray.Option}={stray.Word}."
            : parsed.CommandResult.Command.Arguments.Count > 0
                ? $"{sentence} If it is no option, write -- before it, behind all options."
            : sentence;
    }

    static IEnumerable<string> OptionsOf(ParseResult parsed)
    {
        for (var command = parsed.CommandResult; command is not null; command = command.Parent as CommandResult)
        {
            foreach (
                var option in command.Command.Options.Where(option =>
                    command == parsed.CommandResult || option.Recursive
                )
            )
            {
                yield return option.Name;
            }
        }
    }
}
