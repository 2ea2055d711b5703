using System.CommandLine;
using System.CommandLine.Parsing;

namespace Stackmeta;

/// <summary>
/// Finds a word that begins with '-' and was taken as a value. The library takes any unknown option as one, and a misspelt option would
/// become the name of a network or of a file.
/// </summary>
/// <param name="Word">As it was written.</param>
/// <param name="Option">The option whose value it would be; null where it would be an argument.</param>
sealed record StrayOption(string Word, string? Option)
{
    const string EndOfOptions = "--";

    /// <summary>The first of a command line. Null where there is none, and where the command's options are another program's.</summary>
    public static StrayOption? Find(ParseResult parsed, IReadOnlyList<string> words)
    {
        if (!parsed.CommandResult.Command.TreatUnmatchedTokensAsErrors)
        {
            return null;
        }
        // Only words that stand alone: in --name=-x the value is meant.
        var free = words
            .TakeWhile(static word => word != EndOfOptions)
            .Where(static word => word.StartsWith('-') && word != "-")
            .ToList();
        string? option = null;
        foreach (var token in parsed.Tokens.TakeWhile(static token => token.Type != TokenType.DoubleDash))
        {
            if (token.Type == TokenType.Argument && free.Contains(token.Value))
            {
                return new(token.Value, option);
            }
            option = token.Type == TokenType.Option ? token.Value : null;
        }
        return null;
    }
}
