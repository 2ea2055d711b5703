namespace Stackmeta.Tests;

/// <summary>What the program says of command lines that it does not understand.</summary>
public sealed class UsageErrorsTests
{
    [Theory]
    [InlineData(
        "netwrk list",
        "stackmeta: 'stackmeta' has no command 'netwrk'; the nearest is 'network'.",
        "stackmeta"
    )]
    [InlineData("network", "stackmeta: 'stackmeta network' needs a command: ", "stackmeta network")]
    [InlineData(
        "network crate lab",
        "stackmeta: 'stackmeta network' has no command 'crate'; the nearest is 'create'.",
        "stackmeta network"
    )]
    [InlineData(
        "network list --ouput json",
        "stackmeta: 'stackmeta network list' has no option '--ouput'; the nearest is '--output'.",
        "stackmeta network list"
    )]
    [InlineData(
        "network list --dat /x",
        "stackmeta: 'stackmeta network list' has no option '--dat'; the nearest is '--data'.",
        "stackmeta network list"
    )]
    [InlineData(
        "network create a b",
        "stackmeta: 'stackmeta network create' takes no further argument 'b'.",
        "stackmeta network create"
    )]
    [InlineData(
        "network create",
        "stackmeta: Required argument 'NAME' missing for command: 'create'.",
        "stackmeta network create"
    )]
    public async Task One_sentence_says_what_is_wrong_and_one_where_help_is(
        string line,
        string expected,
        string command
    )
    {
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(
            line.Split(' '),
            TextWriter.Null,
            error,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(ExitCodes.Usage, code);
        var lines = error.ToString().TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith(expected, lines[0], StringComparison.Ordinal);
        Assert.Equal($"Try '{command} --help'.", lines[1]);
    }
}
