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

    [Theory]
    [InlineData("server list", "has no command 'server'; it is 'instance' here.")]
    [InlineData("vm list", "it is 'instance' here.")]
    [InlineData("ovn-agent", "it is 'agent' here.")]
    [InlineData("instance rm x", "'stackmeta instance' has no command 'rm'; it is 'delete' here.")]
    [InlineData("network list --json", "has no option '--json'; it is '--output json' here.")]
    [InlineData("xyzzy", "has no command 'xyzzy'; there are up, down, ")]
    [InlineData("network list --zzz", "has no option '--zzz'; its help lists all.")]
    [InlineData("settings --set zzz=1", "There is no setting 'zzz'; 'stackmeta settings' lists all.")]
    [InlineData("netwrok list", "the nearest is 'network'")]
    [InlineData("inst list", "the nearest is 'instance'")]
    [InlineData("subnet create --network n --cidr c --dns 1", "the nearest is '--dns-nameserver'")]
    [InlineData("instance create a --user_data f", "the nearest is '--user-data'")]
    public async Task What_is_near_is_named_and_what_is_not_is_not(string line, string said)
    {
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(
            line.Split(' '),
            TextWriter.Null,
            error,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(said, error.ToString());
    }

    [Theory]
    [InlineData("ovn-agent --help")]
    [InlineData("bogus -h")]
    [InlineData("bogus --version")]
    [InlineData("network bogus --help")]
    [InlineData("network create a b --help")]
    [InlineData("help bogus")]
    [InlineData("help network bogus")]
    public async Task Help_of_what_is_not_there_is_an_error(string line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await StackmetaProgram.RunAsync(
            line.Split(' '),
            output,
            error,
            TestContext.Current.CancellationToken
        );
        Assert.Equal((ExitCodes.Usage, ""), (code, output.ToString()));
        Assert.StartsWith("stackmeta: 'stackmeta", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help network create", "network create --help")]
    [InlineData("help instance", "instance -h")]
    [InlineData("version", "--version")]
    [InlineData("-V", "--version")]
    public async Task Words_and_short_options_say_what_the_options_say(string line, string same)
    {
        var (output, expected) = (new StringWriter(), new StringWriter());
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(0, await StackmetaProgram.RunAsync(line.Split(' '), output, TextWriter.Null, token));
        Assert.Equal(0, await StackmetaProgram.RunAsync(same.Split(' '), expected, TextWriter.Null, token));
        Assert.Equal(expected.ToString(), output.ToString());
        Assert.NotEqual("", output.ToString());
    }
}
