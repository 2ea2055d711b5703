using System.CommandLine;

namespace Stackmeta;

/// <summary><c>stackmeta completion</c>: what a shell evaluates so that Tab completes commands, options and their values.</summary>
static class CompletionCommand
{
    // Each asks the program itself by its suggest directive, so completion always knows what this very version knows.
    // Options are offered once a dash is typed: before that the list is for words. Where the program knows nothing, the shell offers files.
    const string Bash = """
        _stackmeta() {
            local word=${COMP_WORDS[COMP_CWORD]} words
            words=$(stackmeta "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null | grep -v '^/')
            [[ $word == -* ]] || words=$(grep -v '^-' <<<"$words")
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        }
        complete -o default -F _stackmeta stackmeta

        """;

    const string Zsh = """
        #compdef stackmeta
        _stackmeta() {
            local -a words_known
            words_known=("${(@f)$(stackmeta "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null | grep -v '^/')}")
            [[ $PREFIX == -* ]] || words_known=("${(@)words_known:#-*}")
            words_known=("${(@)words_known:#}")
            if (( $#words_known )); then compadd -a words_known; else _files; fi
        }
        if [ "$funcstack[1]" = _stackmeta ]; then _stackmeta "$@"; else compdef _stackmeta stackmeta; fi

        """;

    const string Fish = """
        function __stackmeta_words
            set -l line (commandline -cp)
            set -l words (stackmeta "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null | string match -v '/*')
            if string match -q -- '-*' (commandline -ct)
                printf '%s\n' $words
            else
                printf '%s\n' $words | string match -v -- '-*'
            end
        end
        complete -c stackmeta -n 'count (__stackmeta_words) >/dev/null' -f -a '(__stackmeta_words)'

        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        shell.Validators.Add(result =>
        {
            if (result.Tokens[0].Value is not ("bash" or "zsh" or "fish"))
            {
                result.AddError(
                    $"There is no completion for '{result.Tokens[0].Value}': it must be bash, zsh or fish."
                );
            }
        });
        var command = new ExampleCommand(
            "completion",
            "Print the script that completes this program's commands in a shell.",
            "source <(stackmeta completion bash)",
            "stackmeta completion fish > ~/.config/fish/completions/stackmeta.fish"
        )
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(
                parsed.GetValue(shell) switch
                {
                    "zsh" => Zsh,
                    "fish" => Fish,
                    _ => Bash,
                }
            );
            return ExitCodes.Done;
        });
        return command;
    }
}
