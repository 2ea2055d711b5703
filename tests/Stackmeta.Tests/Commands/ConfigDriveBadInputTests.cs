using System.Diagnostics;
using Stackmeta.Inventory;

namespace Stackmeta.Tests;

/// <summary>What goes wrong while <c>stackmeta config-drive build</c> makes a drive: one sentence, an exit code, and no file.</summary>
public sealed class ConfigDriveBadInputTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-drive-bad-").FullName;

    public async ValueTask InitializeAsync()
    {
        using var inventory = SqliteInventory.Open(this["inventory.db"], TimeProvider.System);
        var created = await inventory.Instances.CreateAsync(new InstanceEntry { Name = "web", FlavorName = "small" });
        Assert.False(created.IsRefused, string.Join(' ', created.Objections));
        Directory.CreateDirectory(Drives);
        await File.WriteAllTextAsync(this["small"], "hello");
        await File.WriteAllTextAsync(this["empty"], "\n");
        await File.WriteAllBytesAsync(this["binary"], [0xff, 0xfe, 0x00]);
        // All of it a hole.
        await using var large = File.Create(this["5GiB"]);
        large.SetLength(5L << 30);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    string this[string name] => Path.Combine(_folder, name);

    string Drives => this["drives"];

    /// <summary><c>{0}</c> stands for the test's folder.</summary>
    [Theory]
    [InlineData(ExitCodes.Failed, "there is no instance with the id or name", "nobody")]
    [InlineData(ExitCodes.Failed, "'/big': The file is too large: 5368709120 bytes", "web", "--file", "/big={0}/5GiB")]
    [InlineData(
        ExitCodes.Failed,
        "'/big': The file is too large: 5368709120 bytes",
        "web",
        "--format",
        "vfat",
        "--file",
        "/big={0}/5GiB"
    )]
    [InlineData(ExitCodes.Usage, "'../x' contains '..'", "web", "--file", "../x={0}/small")]
    [InlineData(ExitCodes.Usage, "'/etc/../../x' contains '..'", "web", "--file", "/etc/../../x={0}/small")]
    [InlineData(ExitCodes.Usage, "'/x' is given twice", "web", "--file", "/x={0}/small", "--file", "/x={0}/binary")]
    [InlineData(ExitCodes.Usage, "must be PATH=LOCAL", "web", "--file", "/x")]
    [InlineData(ExitCodes.Failed, "A file for the drive cannot be read", "web", "--file", "/x={0}/none")]
    [InlineData(ExitCodes.Failed, "A file for the drive cannot be read", "web", "--admin-pass-file", "{0}/none")]
    [InlineData(ExitCodes.Failed, "is empty", "web", "--admin-pass-file", "{0}/empty")]
    [InlineData(ExitCodes.Failed, "is not UTF-8 text", "web", "--admin-pass-file", "{0}/binary")]
    [InlineData(ExitCodes.Usage, "'fat32'", "web", "--format", "fat32")]
    [InlineData(ExitCodes.Usage, "'ovf'", "web", "--seed", "ovf")]
    [InlineData(ExitCodes.Usage, "config_drive.skip_versions", "web", "--set", "config_drive.skip_versions=2020-10-14")]
    [InlineData(ExitCodes.Usage, "/none/nova.conf", "web", "--config-file", "{0}/none/nova.conf")]
    public async Task It_is_told_in_a_line_and_nothing_is_written(int code, string part, params string[] arguments)
    {
        var placed = arguments.Select(argument => argument.Replace("{0}", _folder)).ToArray();
        var (ended, error) = await BuildAsync(Path.Combine(Drives, "disk.config"), placed);
        Assert.Equal(code, ended);
        Assert.StartsWith("stackmeta: ", error);
        Assert.Contains(part, error);
        Assert.DoesNotContain("   at ", error);
        Assert.Empty(Directory.GetFileSystemEntries(Drives));
    }

    [Theory]
    [InlineData("/proc/drive")]
    [InlineData("/nowhere/at/all/drive")]
    [InlineData("/dev")]
    [InlineData("/dev/full")]
    public async Task A_target_that_cannot_be_written_is_an_error(string target)
    {
        var (code, error) = await BuildAsync(target, "web");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("stackmeta: The drive cannot be written: ", error);
    }

    [Theory]
    [InlineData("iso9660")]
    [InlineData("vfat")]
    public async Task A_full_disk_leaves_the_older_drive_and_nothing_else(string format)
    {
        using (var mount = Process.Start("mount", ["-t", "tmpfs", "-o", "size=24k", "stackmeta-drive-bad", Drives]))
        {
            await mount.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.SkipUnless(mount.ExitCode == 0, "A small disk cannot be mounted.");
        }
        try
        {
            var target = Path.Combine(Drives, "disk.config");
            await File.WriteAllTextAsync(target, "old");
            var (code, error) = await BuildAsync(target, "web", "--format", format);
            Assert.Equal(ExitCodes.Failed, code);
            Assert.Contains("No space left on device", error);
            Assert.Equal("old", await File.ReadAllTextAsync(target));
            Assert.Equal([target], Directory.GetFileSystemEntries(Drives));
        }
        finally
        {
            using var unmount = Process.Start("umount", [Drives]);
            await unmount.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task An_older_drive_is_replaced()
    {
        var target = Path.Combine(Drives, "disk.config");
        await File.WriteAllTextAsync(target, "old");
        Assert.Equal((ExitCodes.Done, ""), await BuildAsync(target, "web"));
        Assert.True(new FileInfo(target).Length > 20_000);
        Assert.Equal([target], Directory.GetFileSystemEntries(Drives));
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_an_error_and_no_crash()
    {
        using var build = Process.Start(
            new ProcessStartInfo("sh")
            {
                // The reader takes a little of the 64 MiB and ends.
                ArgumentList =
                {
                    "-c",
                    "{ \"$0\" config-drive build web --data \"$1\" --format vfat --out -; echo $? >\"$1/code\"; } | head -c 100 >/dev/null",
                    Path.Combine(AppContext.BaseDirectory, "stackmeta"),
                    _folder,
                },
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var error = await build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1\n", await File.ReadAllTextAsync(this["code"], TestContext.Current.CancellationToken));
        Assert.StartsWith("stackmeta: The drive cannot be written: ", error);
        Assert.DoesNotContain("   at ", error);
    }

    async Task<(int Code, string Error)> BuildAsync(string target, params string[] arguments)
    {
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(
            ["config-drive", "build", "--data", _folder, "--out", target, .. arguments],
            TextWriter.Null,
            error,
            TestContext.Current.CancellationToken
        );
        return (code, error.ToString());
    }
}
