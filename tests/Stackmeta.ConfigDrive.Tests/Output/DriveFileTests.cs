using System.Diagnostics;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>A drive gets into a file whole or not at all.</summary>
public sealed class DriveFileTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static Drive Nova(DriveFormat format) =>
        Drive.Prepare(Drives.Files(Drives.NovaFiles), Drives.Options(format)).DriveOrThrow();

    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    [InlineData(DriveFormat.Vfat)]
    public async Task The_file_is_the_drive_readable_by_its_owner_alone_and_nothing_is_beside_it(DriveFormat format)
    {
        var path = _scratch["disk.config"];
        await DriveFile.WriteAsync(path, Nova(format));
        Assert.Equal(Drives.Write(format, Drives.Files(Drives.NovaFiles)), File.ReadAllBytes(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public async Task Empty_room_on_vfat_takes_no_room_on_the_disk()
    {
        Tool.Require("du", "coreutils");
        var path = _scratch["disk.config"];
        await DriveFile.WriteAsync(path, Nova(DriveFormat.Vfat));
        var kilobytes = int.Parse(Tool.Text("du", "-k", path).Split('\t')[0]);
        Assert.InRange(kilobytes, 1, 1024);
    }

    [Fact]
    public async Task An_older_file_is_replaced_and_a_link_to_it_stays_a_link()
    {
        File.WriteAllText(_scratch["target"], "old");
        File.CreateSymbolicLink(_scratch["link"], _scratch["target"]);
        await DriveFile.WriteAsync(_scratch["link"], Nova(DriveFormat.Iso9660));
        Assert.Equal("target", Path.GetFileName(new FileInfo(_scratch["link"]).LinkTarget));
        Assert.False(DriveImage.Open(new MemoryStream(File.ReadAllBytes(_scratch["target"]))).IsRefused);
    }

    [Fact]
    public async Task A_source_that_fails_leaves_the_older_file_and_nothing_else()
    {
        var path = _scratch["disk.config"];
        File.WriteAllText(path, "old");
        var content = VolumeContent.FromSource(10, _ => throw new IOException("The source is gone."));
        var drive = Drive.Prepare([new("a", content)], Drives.Options(DriveFormat.Iso9660)).DriveOrThrow();
        await Assert.ThrowsAsync<IOException>(() => DriveFile.WriteAsync(path, drive));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Theory]
    [InlineData(9, "9 bytes instead of 10")]
    [InlineData(11, "more than 10 bytes")]
    public async Task A_source_of_another_length_than_announced_is_named(int length, string detail)
    {
        var content = VolumeContent.FromSource(
            10,
            _ => ValueTask.FromResult<Stream>(new MemoryStream(new byte[length]))
        );
        var drive = Drive.Prepare([new("content/0000", content)], Drives.Options(DriveFormat.Vfat)).DriveOrThrow();
        var refused = await Assert.ThrowsAsync<DriveException>(() =>
            DriveFile.WriteAsync(_scratch["disk.config"], drive)
        );
        Assert.Equal(DriveRefusal.ContentLengthWrong, refused.Problem.Refusal);
        Assert.Contains($"'content/0000': ", refused.Message);
        Assert.Contains(detail, refused.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public async Task Cancelling_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        var content = VolumeContent.FromSource(
            1 << 20,
            _ =>
            {
                cancelled.Cancel();
                return ValueTask.FromResult<Stream>(new MemoryStream(new byte[1 << 20]));
            }
        );
        var drive = Drive.Prepare([new("a", content)], Drives.Options(DriveFormat.Iso9660)).DriveOrThrow();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DriveFile.WriteAsync(_scratch["disk.config"], drive, cancelled.Token)
        );
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Root));
    }

    [Fact]
    public async Task While_it_is_written_no_name_leads_to_it()
    {
        var during = Array.Empty<string>();
        var content = VolumeContent.FromSource(
            1 << 20,
            _ =>
            {
                during = Directory.GetFileSystemEntries(_scratch.Root);
                return ValueTask.FromResult<Stream>(new MemoryStream(new byte[1 << 20]));
            }
        );
        var drive = Drive.Prepare([new("a", content)], Drives.Options(DriveFormat.Iso9660)).DriveOrThrow();
        await DriveFile.WriteAsync(_scratch["disk.config"], drive);
        Assert.Empty(during);
        Assert.True(File.Exists(_scratch["disk.config"]));
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/dev")]
    public async Task A_device_or_folder_is_never_replaced(string path)
    {
        var refused = await Assert.ThrowsAsync<DriveException>(() =>
            DriveFile.WriteAsync(path, Nova(DriveFormat.Iso9660))
        );
        Assert.Equal(DriveRefusal.TargetNotAFile, refused.Problem.Refusal);
    }

    [Fact]
    public async Task A_pipe_is_never_replaced()
    {
        Tool.Run("mkfifo", _scratch["pipe"]);
        var refused = await Assert.ThrowsAsync<DriveException>(() =>
            DriveFile.WriteAsync(_scratch["pipe"], Nova(DriveFormat.Iso9660))
        );
        Assert.Equal(DriveRefusal.TargetNotAFile, refused.Problem.Refusal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_error()
    {
        await Assert.ThrowsAnyAsync<IOException>(() =>
            DriveFile.WriteAsync(_scratch["none/disk.config"], Nova(DriveFormat.Iso9660))
        );
    }

    [Fact]
    public async Task A_full_device_is_an_error()
    {
        await using var full = new FileStream(
            "/dev/full",
            FileMode.Open,
            FileAccess.Write,
            FileShare.None,
            bufferSize: 0
        );
        await Assert.ThrowsAsync<IOException>(() => Nova(DriveFormat.Iso9660).WriteAsync(full));
    }

    [Fact]
    public async Task A_full_disk_leaves_the_older_file_and_nothing_else()
    {
        var (code, _, error) = Tool.Try(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=200k",
            "stackmeta-drive-test",
            _scratch.Root
        );
        Assert.SkipUnless(code == 0, $"A small disk cannot be mounted: {error}");
        try
        {
            var path = _scratch["disk.config"];
            File.WriteAllText(path, "old");
            var content = VolumeContent.FromMemory(new byte[300_000]);
            var drive = Drive.Prepare([new("a", content)], Drives.Options(DriveFormat.Iso9660)).DriveOrThrow();
            var failed = await Assert.ThrowsAsync<IOException>(() => DriveFile.WriteAsync(path, drive));
            Assert.Contains("No space left on device", failed.Message);
            Assert.Equal("old", File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFileSystemEntries(_scratch.Root));
        }
        finally
        {
            Tool.Run("umount", _scratch.Root);
        }
    }

    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    [InlineData(DriveFormat.Vfat)]
    public async Task A_pipe_gets_the_same_bytes(DriveFormat format)
    {
        // A real pipe: not seekable, and takes only 64 KiB at a time.
        using var cat = Process.Start(
            new ProcessStartInfo("cat")
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        using var copy = new MemoryStream();
        var reading = cat.StandardOutput.BaseStream.CopyToAsync(copy);
        await Nova(format).WriteAsync(cat.StandardInput.BaseStream);
        cat.StandardInput.Close();
        await reading;
        await cat.WaitForExitAsync();
        Assert.Equal(Drives.Write(format, Drives.Files(Drives.NovaFiles)), copy.ToArray());
    }
}
