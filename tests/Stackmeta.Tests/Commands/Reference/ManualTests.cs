using System.CommandLine;

namespace Stackmeta.Tests;

public sealed class ManualTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stackmeta-manual-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_word_and_the_settings_file_have_a_page_that_man_and_mandoc_accept()
    {
        var code = await StackmetaProgram.RunAsync(
            ["manual", _folder.FullName],
            new StringWriter(),
            new StringWriter(),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(ExitCodes.Done, code);
        var pages = _folder.GetFiles("*", SearchOption.AllDirectories);
        Assert.Equal(
            CommandTree
                .Create()
                .Subcommands.Where(command => !command.Hidden)
                .Select(command => $"stackmeta-{command.Name}.1")
                .Append("stackmeta.1")
                .Append("stackmeta.json.5")
                .Order(StringComparer.Ordinal),
            pages.Select(page => page.Name).Order(StringComparer.Ordinal)
        );
        foreach (var page in pages)
        {
            // Without a terminal's width lines break at 78 columns; a word that does not fit is a warning, as any mistake is.
            var (_, complaints) = await Tool.RunAsync(
                "bash",
                "-c",
                "man --warnings -E UTF-8 -l -Tutf8 -Z \"$1\" 2>&1 >/dev/null",
                "bash",
                page.FullName
            );
            Assert.Equal("", complaints);
            Assert.Equal((0, ""), await Tool.RunAsync("mandoc", "-T", "lint", "-W", "error", page.FullName));
        }
    }

    [Fact]
    public void Everything_on_the_command_line_is_described()
    {
        var silent = new List<string>();
        Look(CommandTree.Create(), "stackmeta");
        Assert.Empty(silent);

        void Look(Command command, string path)
        {
            if (string.IsNullOrEmpty(command.Description))
            {
                silent.Add(path);
            }
            silent.AddRange(
                command
                    .Arguments.Where(one => string.IsNullOrEmpty(one.Description))
                    .Select(one => $"{path} {one.Name}")
            );
            silent.AddRange(
                command.Options.Where(one => string.IsNullOrEmpty(one.Description)).Select(one => $"{path} {one.Name}")
            );
            if (command is { Subcommands.Count: 0, Hidden: false } and not ExampleCommand { Examples.Count: > 0 })
            {
                silent.Add($"{path}: no example");
            }
            foreach (var verb in command.Subcommands)
            {
                Look(verb, $"{path} {verb.Name}");
            }
        }
    }

    [Fact]
    public void Text_that_looks_like_a_macro_stays_text()
    {
        var page = new Roff().Line(".SH is a \\ macro-like line").Macro("SH", "a \"quoted\" name").ToString();

        Assert.Equal("\\&.SH is a \\e macro\\-like line\n.SH \"a \"\"quoted\"\" name\"\n", page);
    }
}
