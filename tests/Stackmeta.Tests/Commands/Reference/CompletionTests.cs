namespace Stackmeta.Tests;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("stackmeta net", "network")]
    [InlineData("stackmeta network ", "create delete edit list set show")]
    [InlineData("stackmeta network create --m", "--mtu")]
    [InlineData("stackmeta network list --output ", "json table value wide yaml")]
    [InlineData("stackmeta network list -o j", "json")]
    [InlineData("stackmeta completion f", "fish")]
    public async Task Bash_completes_what_the_program_knows(string typed, string expected)
    {
        const string Script = """
            source <(stackmeta completion bash)
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<<"$1"
            [[ $1 != *' ' ]] || COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _stackmeta
            printf '%s' "${COMPREPLY[*]}"
            """;

        var (code, output) = await Tool.RunAsync("bash", "-c", Script, "bash", typed);

        Assert.Equal((0, expected), (code, output));
    }

    [Theory]
    [InlineData("instance show w", "web-1 web-2")]
    [InlineData("port list --network ", "lab")]
    [InlineData("port list --device e", "edge")]
    [InlineData("port attach ", "eth web-1 web-2")]
    [InlineData("subnet create --network l", "lab")]
    [InlineData("router set edge --interface ", "s-4")]
    [InlineData("instance delete web-1 w", "web-1 web-2")]
    [InlineData("get web-", "web-1 web-2")]
    [InlineData("explain --network ", "lab")]
    [InlineData("refusals --instance web-", "web-1 web-2")]
    public async Task Names_come_from_the_inventory(string typed, string expected)
    {
        using var line = new InventoryCommandLine();
        await line.DoneAsync("network", "create", "lab");
        await line.DoneAsync("subnet", "create", "s-4", "--network", "lab", "--cidr", "10.0.0.0/24");
        await line.DoneAsync("router", "create", "edge");
        await line.DoneAsync("port", "create", "eth", "--network", "lab");
        await line.DoneAsync("instance", "create", "web-1");
        await line.DoneAsync("instance", "create", "web-2");
        var words = $"stackmeta --data {line.Folder} {typed}";
        var said = await SuggestAsync(words);
        var names = said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static word => !word.StartsWith('-') && !word.StartsWith('/') && !Guid.TryParse(word, out _));
        Assert.Equal(expected, string.Join(' ', names.Order(StringComparer.Ordinal)));
    }

    static async Task<string> SuggestAsync(string words)
    {
        var output = new StringWriter();
        string[] line = [$"[suggest:{words.Length}]", words];
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(0, await StackmetaProgram.RunAsync(line, output, TextWriter.Null, token));
        return output.ToString();
    }

    [Fact]
    public async Task Without_an_inventory_no_name_is_completed()
    {
        using var line = new InventoryCommandLine();
        var words = $"stackmeta --data {line.Folder} instance show ";
        Assert.DoesNotContain("web", await SuggestAsync(words));
    }

    [Fact]
    public async Task Another_shell_is_refused_in_one_sentence()
    {
        var error = new StringWriter();

        var code = await StackmetaProgram.RunAsync(
            ["completion", "tcsh"],
            new StringWriter(),
            error,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(ExitCodes.Usage, code);
        Assert.StartsWith(
            "stackmeta: There is no completion for 'tcsh': it must be bash, zsh or fish.\n",
            error.ToString(),
            StringComparison.Ordinal
        );
    }
}
