using System.CommandLine;
using System.CommandLine.Parsing;

namespace Stackmeta;

/// <summary>What is wrong with a command line, in the program's own words where the library would only say that something is.</summary>
static class UsageErrors
{
    /// <returns>Sentences, the one that helps most first.</returns>
    public static IEnumerable<string> Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed.CommandResult);
        var unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (unknown is not null && unknown.StartsWith('-'))
        {
            return
            [
                $"'{path}' has no option '{unknown}'; the nearest is '{NearestName.Of(unknown, OptionsOf(parsed))}'.",
            ];
        }
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
