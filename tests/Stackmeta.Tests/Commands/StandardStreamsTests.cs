using System.Diagnostics;

namespace Stackmeta.Tests;

/// <summary>Standard output and error that are full, closed or read no more: a sentence and an exit code, never a stack trace.</summary>
public sealed class StandardStreamsTests : IAsyncLifetime
{
    readonly InventoryCommandLine _line = new();

    public async ValueTask InitializeAsync() => await _line.DoneAsync("network", "create", "n");

    public ValueTask DisposeAsync()
    {
        _line.Dispose();
        return ValueTask.CompletedTask;
    }

    public static TheoryData<string> Commands { get; } =
    [
        "--help",
        "--version",
        "network --help",
        "network list",
        "network list --output json",
        "network show n",
        "settings",
        "settings --output json",
        "completion bash",
        "export",
        "export -",
        "import " + Empty,
    ];

    const string Empty = "\"$1/empty.json\"";

    [Theory, MemberData(nameof(Commands))]
    public async Task A_full_output_is_an_error(string command)
    {
        var (code, error) = await RunAsync($"{command} >/dev/full");
        Assert.Equal(
            (ExitCodes.Failed, "stackmeta: Standard output cannot be written: No space left on device."),
            (code, error)
        );
    }

    [Theory, MemberData(nameof(Commands))]
    public async Task A_closed_output_is_an_error(string command)
    {
        var (code, error) = await RunAsync($"{command} >&-");
        Assert.Equal(
            (ExitCodes.Failed, "stackmeta: Standard output cannot be written: Bad file descriptor."),
            (code, error)
        );
    }

    [Theory, MemberData(nameof(Commands))]
    public async Task A_reader_that_has_gone_is_an_error(string command)
    {
        // A writer needs a reader to open a FIFO.
        const string gone = "mkfifo \"$1/fifo\"; exec 3<>\"$1/fifo\"; exec 4>\"$1/fifo\"; exec 3<&-; ";
        var (code, error) = await RunAsync($"{command} >&4", gone);
        Assert.Equal((ExitCodes.Failed, "stackmeta: Standard output cannot be written: Broken pipe."), (code, error));
    }

    [Theory]
    [InlineData("network create other >/dev/full", ExitCodes.Failed, "The network was created.")]
    [InlineData("network set n --name m >/dev/full", ExitCodes.Failed, "The network was changed.")]
    public async Task What_was_done_nevertheless_is_said(string command, int code, string part)
    {
        var (ended, error) = await RunAsync(command);
        Assert.Equal(code, ended);
        Assert.EndsWith(part, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("network list --bad 2>/dev/full", ExitCodes.Usage)]
    [InlineData("network show none 2>&-", ExitCodes.Failed)]
    [InlineData("network show none 2>&- >&- <&-", ExitCodes.Failed)]
    public async Task An_error_that_cannot_be_said_has_its_exit_code(string command, int code) =>
        Assert.Equal((code, ""), await RunAsync(command));

    async Task<(int Code, string Error)> RunAsync(string command, string before = "")
    {
        _line.File("empty.json", "{\"stackmeta_inventory\": 1}");
        using var process = Process.Start(
            new ProcessStartInfo("sh")
            {
                ArgumentList =
                {
                    "-c",
                    $"{before}\"$0\" --data \"$1\" {command}",
                    Path.Combine(AppContext.BaseDirectory, "stackmeta"),
                    _line.Folder,
                },
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, error.TrimEnd('\n'));
    }
}
