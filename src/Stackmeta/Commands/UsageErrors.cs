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
            var verbs = command
                .Subcommands.Where(static verb => !verb.Hidden)
                .Select(static verb => verb.Name)
                .ToList();
            return
            [
                unknown is null
                    ? $"'{path}' needs a command: {string.Join(", ", verbs)}."
                    : $"'{path}' has no command '{unknown}'; the nearest is '{NearestName.Of(unknown, verbs)}'.",
            ];
        }
        return unknown is null
            ? parsed.Errors.Select(static error => error.Message)
            : [$"'{path}' takes no further argument '{unknown}'."];
    }

    /// <summary>The program's name and those of the commands down to this one.</summary>
    public static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "stackmeta";

    static string Describe(ParseResult parsed, string path, StrayOption stray)
    {
        var sentence =
            $"'{path}' has no option '{stray.Word}'; the nearest is '{NearestName.Of(stray.Word, OptionsOf(parsed))}'.";
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
