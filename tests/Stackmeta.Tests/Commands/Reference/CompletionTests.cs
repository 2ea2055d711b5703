namespace Stackmeta.Tests;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("stackmeta net", "network")]
    [InlineData("stackmeta network ", "create delete list set show")]
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
