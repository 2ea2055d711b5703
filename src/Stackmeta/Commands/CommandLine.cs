using System.CommandLine;

namespace Stackmeta;

/// <summary>Parses command lines of the program by rules that hold for all commands.</summary>
static class CommandLine
{
    static readonly ParserConfiguration _rules = new()
    {
        // A value that begins with '@' is a value: the library would put a file's content in its place.
        ResponseFileTokenReplacer = null,
    };

    public static ParseResult Parse(Command root, IReadOnlyList<string> words) => root.Parse(words, _rules);
}
