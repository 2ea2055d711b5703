using System.Diagnostics;
using System.Globalization;
using Stackmeta.Inventory;

namespace Stackmeta.Tests;

/// <summary>The program itself, ended while it writes a drive.</summary>
public sealed class ConfigDriveSignalTests : IAsyncLifetime
{
    // Long enough to write that a signal arrives in the middle, short enough not to matter when it does not.
    const long LargeFile = 3L << 30;

    // Far from the beginning, far from the end.
    const long WrittenBefore = 32 << 20;

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-drive-signal-").FullName;

    public async ValueTask InitializeAsync()
    {
        using var inventory = SqliteInventory.Open(this["inventory.db"], TimeProvider.System);
        var created = await inventory.Instances.CreateAsync(new InstanceEntry { Name = "web", FlavorName = "small" });
        Assert.False(created.IsRefused, string.Join(' ', created.Objections));
        // All of it a hole.
        await using var large = File.Create(this["large"]);
        large.SetLength(LargeFile);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    string this[string name] => Path.Combine(_folder, name);

    [Theory]
    [InlineData("INT", ExitCodes.Failed)]
    [InlineData("TERM", ExitCodes.Failed)]
    [InlineData("KILL", 128 + 9)]
    public async Task A_signal_in_the_middle_leaves_the_older_drive_and_nothing_else(string signal, int code)
    {
        var drives = Directory.CreateDirectory(this["drives"]).FullName;
        var target = Path.Combine(drives, "disk.config");
        await File.WriteAllTextAsync(target, "old");
        using var build = Start(target);
        await UntilItWritesAsync(build);
        using (var kill = Process.Start("kill", [$"-{signal}", build.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        var error = await build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, build.ExitCode);
        Assert.Equal(signal == "KILL" ? "" : "stackmeta: Stopped by a signal; no drive was written.\n", error);
        Assert.Equal([target], Directory.GetFileSystemEntries(drives));
        Assert.Equal("old", await File.ReadAllTextAsync(target));
    }

    Process Start(string target) =>
        Process.Start(
            new ProcessStartInfo(
                Path.Combine(AppContext.BaseDirectory, "stackmeta"),
                ["config-drive", "build", "web", "--data", _folder, "--out", target, "--file", $"/big={this["large"]}"]
            )
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;

    static async Task UntilItWritesAsync(Process process)
    {
        while (Written(process) < WrittenBefore)
        {
            Assert.False(process.HasExited, "It ended before it was to be stopped.");
            await Task.Delay(1);
        }
    }

    /// <summary>Bytes that the process has handed to write calls (man 5 proc, /proc/pid/io).</summary>
    static long Written(Process process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.Id}/io").First(line => line.StartsWith("wchar: "));
            return long.Parse(line["wchar: ".Length..], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
