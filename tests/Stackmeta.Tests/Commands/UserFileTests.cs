using System.Diagnostics;

namespace Stackmeta.Tests;

/// <summary>Where commands write a file that the user named: only regular files are replaced.</summary>
public sealed class UserFileTests : IAsyncLifetime
{
    readonly InventoryCommandLine _line = new();
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-user-file-").FullName;

    public async ValueTask InitializeAsync() => await _line.DoneAsync("instance", "create", "web", "--flavor", "small");

    public ValueTask DisposeAsync()
    {
        _line.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    string this[string name] => Path.Combine(_folder, name);

    /// <summary>The commands that write a file, without its name.</summary>
    public static TheoryData<string> Writers { get; } = ["export", "config-drive build web --out"];

    [Theory, MemberData(nameof(Writers))]
    public async Task A_device_is_written_to(string writer)
    {
        await _line.DoneAsync([.. writer.Split(' '), "/dev/null"]);
        Assert.True(IsDevice("/dev/null"));
        var said = await _line.RefusedAsync(ExitCodes.Failed, [.. writer.Split(' '), "/dev/full"]);
        Assert.Contains("cannot be written: No space left on device", said, StringComparison.Ordinal);
        Assert.True(IsDevice("/dev/full"));
    }

    [Theory, MemberData(nameof(Writers))]
    public async Task A_fifo_is_written_to_as_soon_as_somebody_reads(string writer)
    {
        await RunAsync("mkfifo", this["fifo"]);
        var written = _line.DoneAsync([.. writer.Split(' '), this["fifo"]]);
        await RunAsync("sh", "-c", $"cat '{this["fifo"]}' >'{this["read"]}'");
        await written;
        Assert.True(new FileInfo(this["read"]).Length > 100);
        await RunAsync("test", "-p", this["fifo"]);
    }

    [Theory, MemberData(nameof(Writers))]
    public async Task A_descriptor_is_written_to(string writer)
    {
        await RunAsync(
            "sh",
            "-c",
            $"'{Path.Combine(AppContext.BaseDirectory, "stackmeta")}' --data '{_line.Folder}' {writer} /dev/fd/3 3>'{this["third"]}'"
        );
        Assert.Equal([this["third"]], Directory.GetFileSystemEntries(_folder));
        Assert.True(new FileInfo(this["third"]).Length > 100);
    }

    [Theory, MemberData(nameof(Writers))]
    public async Task A_link_is_followed_and_stays_one(string writer)
    {
        File.CreateSymbolicLink(this["link"], "target");
        File.CreateSymbolicLink(this["null"], "/dev/null");
        for (var i = 0; i < 2; i++)
        {
            await _line.DoneAsync([.. writer.Split(' '), this["link"]]);
            Assert.Equal("target", new FileInfo(this["link"]).LinkTarget);
            Assert.True(new FileInfo(this["target"]).Length > 100);
        }
        await _line.DoneAsync([.. writer.Split(' '), this["null"]]);
        Assert.Equal("/dev/null", new FileInfo(this["null"]).LinkTarget);
    }

    [Theory, MemberData(nameof(Writers))]
    public async Task Files_beside_it_stay(string writer)
    {
        await File.WriteAllTextAsync(this["out.partial"], "foreign", TestContext.Current.CancellationToken);
        await _line.DoneAsync([.. writer.Split(' '), this["out"]]);
        Assert.Equal(
            "foreign",
            await File.ReadAllTextAsync(this["out.partial"], TestContext.Current.CancellationToken)
        );
        Assert.Equal([this["out"], this["out.partial"]], Directory.GetFileSystemEntries(_folder).Order());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(this["out"]));
    }

    [Theory, MemberData(nameof(Writers))]
    public async Task A_folder_is_an_error(string writer)
    {
        var said = await _line.RefusedAsync(ExitCodes.Failed, [.. writer.Split(' '), _folder]);
        Assert.Contains("cannot be written: It is a folder.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_the_manual_replaces_no_device()
    {
        Directory.CreateDirectory(this["man1"]);
        var page = Path.Combine(this["man1"], "stackmeta.1");
        File.CreateSymbolicLink(page, "/dev/null");
        var said = await _line.RefusedAsync(ExitCodes.Failed, "manual", _folder);
        Assert.Contains("is not a regular file.", said, StringComparison.Ordinal);
        Assert.Equal("/dev/null", new FileInfo(page).LinkTarget);
    }

    static bool IsDevice(string path)
    {
        using var test = Process.Start("test", ["-c", path]);
        test.WaitForExit();
        return test.ExitCode == 0;
    }

    static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
