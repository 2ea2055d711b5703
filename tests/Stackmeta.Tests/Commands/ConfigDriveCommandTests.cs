using System.CommandLine;
using System.Text;
using System.Text.Json;
using Stackmeta.ConfigDrive;

namespace Stackmeta.Tests;

/// <summary><c>stackmeta config-drive show</c> and <c>diff</c>.</summary>
public sealed class ConfigDriveCommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-drive-command-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static async Task<(int Code, string Output, byte[] Bytes)> RunAsync(params string[] arguments)
    {
        var bytes = new MemoryStream();
        var output = new StringWriter();
        var command = ConfigDriveCommand.Create(new CommonOptions(), () => bytes);
        var code = await command
            .Parse(arguments)
            .InvokeAsync(
                new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false },
                TestContext.Current.CancellationToken
            );
        return (code, output.ToString(), bytes.ToArray());
    }

    async Task<string> DriveAsync(string name, DriveFormat format, params (string Path, string Text)[] files)
    {
        var path = Path.Combine(_folder, name);
        var options = new DriveOptions { Format = format, Time = new(2026, 1, 2, 3, 4, 6, TimeSpan.Zero) };
        var volume = files.Select(file => new VolumeFile(file.Path, VolumeContent.FromText(file.Text)));
        await DriveFile.WriteAsync(path, Drive.Prepare(volume, options).DriveOrThrow());
        return path;
    }

    [Theory]
    [InlineData(DriveFormat.Iso9660, "format     iso9660 (Rock Ridge)\nlabel      config-2\npublisher  Stackmeta\n")]
    [InlineData(DriveFormat.Vfat, "format  vfat (FAT16)\nlabel   config-2\n")]
    public async Task Show_lists_the_files(DriveFormat format, string head)
    {
        var drive = await DriveAsync("drive", format, ("openstack/latest/user_data", "hello"), ("a", ""));
        var (code, output, _) = await RunAsync("show", drive);
        Assert.Equal(ExitCodes.Done, code);
        var table =
            "SIZE  MODIFIED             PATH\n"
            + "0     2026-01-02 03:04:06  a\n"
            + "5     2026-01-02 03:04:06  openstack/latest/user_data\n";
        Assert.Equal(head + "\n" + table, output);
    }

    [Fact]
    public async Task Show_as_json_holds_folders_too()
    {
        var drive = await DriveAsync("drive", DriveFormat.Iso9660, ("openstack/größe", "hello"));
        var (_, output, _) = await RunAsync("show", drive, "--output", "json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal("iso9660", json.RootElement.GetProperty("format").GetString());
        var entries = json.RootElement.GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(["openstack", "openstack/größe"], entries.Select(entry => entry.GetProperty("path").GetString()));
        Assert.Equal(["0555", "0444"], entries.Select(entry => entry.GetProperty("mode").GetString()));
        Assert.Equal(["folder", "file"], entries.Select(entry => entry.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Show_of_a_path_prints_its_bytes_and_nothing_else()
    {
        var drive = await DriveAsync("drive", DriveFormat.Vfat, ("openstack/latest/user_data", "no line end"));
        var (code, output, bytes) = await RunAsync("show", drive, "openstack/latest/user_data");
        Assert.Equal((ExitCodes.Done, "", "no line end"), (code, output, Encoding.UTF8.GetString(bytes)));
    }

    [Theory]
    [InlineData("openstack/none", "The drive has no 'openstack/none'.")]
    [InlineData("openstack", "'openstack' is not a file on the drive.")]
    public async Task Show_of_what_is_no_file_is_refused(string path, string message)
    {
        var drive = await DriveAsync("drive", DriveFormat.Iso9660, ("openstack/latest/user_data", "x"));
        var refused = await Assert.ThrowsAsync<CommandException>(() => RunAsync("show", drive, path));
        Assert.Equal((ExitCodes.Failed, message), (refused.ExitCode, refused.Message));
    }

    [Fact]
    public async Task What_is_no_drive_is_refused_in_one_sentence()
    {
        var file = Path.Combine(_folder, "text");
        await File.WriteAllTextAsync(file, "hello");
        var refused = await Assert.ThrowsAsync<CommandException>(() => RunAsync("show", file));
        Assert.Equal($"'{file}': The image is neither an ISO 9660 nor a vfat volume.", refused.Message);
        var missing = await Assert.ThrowsAsync<CommandException>(() => RunAsync("diff", file + "2", file));
        Assert.StartsWith("The drive cannot be read: No such file or directory", missing.Message);
    }

    [Fact]
    public async Task Diff_is_silent_about_equal_drives_of_two_formats()
    {
        var one = await DriveAsync("one", DriveFormat.Iso9660, ("a", "x"));
        var other = await DriveAsync("other", DriveFormat.Vfat, ("a", "x"));
        Assert.Equal(
            (ExitCodes.Done, ""),
            ((await RunAsync("diff", one, other)).Code, (await RunAsync("diff", one, other)).Output)
        );
    }

    [Fact]
    public async Task Diff_tells_what_differs_and_never_the_contents()
    {
        var one = await DriveAsync("one", DriveFormat.Iso9660, ("a", "secret one"), ("b", "x"));
        var other = await DriveAsync("other", DriveFormat.Iso9660, ("a", "secret two"), ("c", "x"));
        var (code, output, _) = await RunAsync("diff", one, other);
        Assert.Equal(ExitCodes.Failed, code);
        var table =
            "DIFFERENCE      PATH  FIRST     SECOND    FROM BYTE\n"
            + "content         a     10 bytes  10 bytes  7\n"
            + "only-in-first   b     1 byte\n"
            + "only-in-second  c               1 byte\n";
        Assert.Equal(table, output);
        var (_, json, _) = await RunAsync("diff", one, other, "--output", "json");
        using var document = JsonDocument.Parse(json);
        Assert.Equal(3, document.RootElement.GetArrayLength());
        Assert.DoesNotContain("secret", output + json);
    }
}
