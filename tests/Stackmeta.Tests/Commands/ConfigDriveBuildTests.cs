using System.CommandLine;
using System.Text;
using System.Text.Json;
using Stackmeta.ConfigDrive;
using Stackmeta.Inventory;

namespace Stackmeta.Tests;

/// <summary><c>stackmeta config-drive build</c> on an inventory of its own.</summary>
public sealed class ConfigDriveBuildTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-drive-build-").FullName;
    string _instance = "";

    public async ValueTask InitializeAsync()
    {
        using var inventory = SqliteInventory.Open(this["inventory.db"], TimeProvider.System);
        var created = await inventory.Instances.CreateAsync(
            new InstanceEntry
            {
                Name = "web",
                FlavorName = "small",
                UserData = Encoding.UTF8.GetBytes("#!/bin/sh\n"),
            }
        );
        Assert.False(created.IsRefused, string.Join(' ', created.Objections));
        _instance = created.Value.Id;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    string this[string name] => Path.Combine(_folder, name);

    async Task<(int Code, byte[] Bytes)> BuildAsync(params string[] arguments)
    {
        string[] data = arguments.Contains("--data") ? [] : ["--data", _folder];
        var bytes = new MemoryStream();
        var root = new RootCommand();
        var common = new CommonOptions();
        common.AddTo(root);
        root.Subcommands.Add(ConfigDriveCommand.Create(common, () => bytes));
        var code = await root.Parse(["config-drive", "build", .. data, .. arguments])
            .InvokeAsync(
                new InvocationConfiguration
                {
                    Output = TextWriter.Null,
                    Error = TextWriter.Null,
                    EnableDefaultExceptionHandler = false,
                },
                TestContext.Current.CancellationToken
            );
        return (code, bytes.ToArray());
    }

    static Dictionary<string, string> Read(byte[] volume, string label)
    {
        var image = DriveImage.Open(new MemoryStream(volume)).Image!;
        Assert.Equal(label, image.Label);
        return image
            .Entries.Where(entry => entry.Kind is DriveEntryKind.File)
            .ToDictionary(
                entry => entry.Path,
                entry =>
                {
                    using var reader = new StreamReader(image.OpenRead(entry));
                    return reader.ReadToEnd();
                }
            );
    }

    [Theory]
    [InlineData("iso9660")]
    [InlineData("vfat")]
    public async Task The_drive_of_an_instance_found_by_name_holds_its_documents(string format)
    {
        var (code, _) = await BuildAsync("web", "--out", this["drive"], "--format", format);
        Assert.Equal(ExitCodes.Done, code);
        var files = Read(await File.ReadAllBytesAsync(this["drive"]), "config-2");
        Assert.Equal("#!/bin/sh\n", files["openstack/latest/user_data"]);
        using var meta = JsonDocument.Parse(files["openstack/latest/meta_data.json"]);
        Assert.Equal(_instance, meta.RootElement.GetProperty("uuid").GetString());
        Assert.Contains("ec2/latest/meta-data.json", files.Keys);
        Assert.DoesNotContain("admin_pass", files["openstack/latest/meta_data.json"]);
    }

    [Fact]
    public async Task The_password_and_files_are_told_to_the_guest()
    {
        await File.WriteAllTextAsync(this["password"], "s3cret\n");
        await File.WriteAllTextAsync(this["banner"], "Hello.");
        await BuildAsync(
            _instance,
            "--out",
            this["drive"],
            "--admin-pass-file",
            this["password"],
            "--file",
            $"/etc/banner={this["banner"]}"
        );
        var files = Read(await File.ReadAllBytesAsync(this["drive"]), "config-2");
        using var meta = JsonDocument.Parse(files["openstack/latest/meta_data.json"]);
        Assert.Equal("s3cret", meta.RootElement.GetProperty("admin_pass").GetString());
        var file = meta.RootElement.GetProperty("files")[0];
        Assert.Equal("/etc/banner", file.GetProperty("path").GetString());
        Assert.Equal("Hello.", files["openstack" + file.GetProperty("content_path").GetString()]);
    }

    [Fact]
    public async Task A_NoCloud_seed_goes_to_standard_output()
    {
        var (code, bytes) = await BuildAsync("web", "--seed", "nocloud", "--out", "-");
        Assert.Equal(ExitCodes.Done, code);
        var files = Read(bytes, "cidata");
        Assert.Equal(["meta-data", "user-data"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Contains($"instance-id: \"{_instance}\"\n", files["meta-data"]);
    }

    [Theory]
    [InlineData(ExitCodes.Failed, "nobody", "--out", "drive")]
    [InlineData(ExitCodes.Failed, "web", "--out", "/nowhere/at/all/drive")]
    [InlineData(ExitCodes.Failed, "web", "--out", "/dev")]
    [InlineData(ExitCodes.Failed, "web", "--out", "drive", "--file", "/etc/x=/nowhere")]
    [InlineData(ExitCodes.Usage, "web", "--out", "drive", "--file", "/etc/x")]
    [InlineData(ExitCodes.Usage, "web", "--out", "drive", "--seed", "nocloud", "--file", "/etc/x=/etc/hostname")]
    public async Task What_cannot_be_done_is_one_sentence_and_leaves_no_file(int code, params string[] arguments)
    {
        var before = Directory.GetFiles(_folder).Order(StringComparer.Ordinal).ToArray();
        var placed = arguments.Select(argument => argument == "drive" ? this["drive"] : argument).ToArray();
        var refused = await Assert.ThrowsAsync<CommandException>(() => BuildAsync(placed));
        Assert.Equal(code, refused.ExitCode);
        Assert.Matches(@"\A[^\n]+\.\z|'\z", refused.Message);
        Assert.False(File.Exists(this["drive"]));
        Assert.DoesNotContain(
            Directory.GetFiles(_folder),
            path => Path.GetFileName(path).StartsWith(".drive", StringComparison.Ordinal)
        );
        Assert.NotEmpty(before);
    }

    [Fact]
    public async Task A_folder_without_inventory_gets_none()
    {
        var empty = Directory.CreateDirectory(this["empty"]).FullName;
        var refused = await Assert.ThrowsAsync<CommandException>(() =>
            BuildAsync("web", "--out", this["drive"], "--data", empty)
        );
        Assert.StartsWith("There is no inventory in", refused.Message);
        Assert.Empty(Directory.GetFileSystemEntries(empty));
    }
}
