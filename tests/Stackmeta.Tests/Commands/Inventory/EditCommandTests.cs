using System.Text;

namespace Stackmeta.Tests;

/// <summary><c>edit</c>: entries in the user's editor, here a script.</summary>
[Collection(nameof(EditCommandTests))]
public sealed class EditCommandTests : IDisposable
{
    readonly InventoryCommandLine _line = new();
    readonly string? _before = Environment.GetEnvironmentVariable("VISUAL");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("VISUAL", _before);
        _line.Dispose();
    }

    /// <summary>Sets the editor, which gets the file as its first argument.</summary>
    void Edit(string script)
    {
        var path = _line.File("editor", $"#!/bin/sh\nset -e\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("VISUAL", path);
    }

    static string Kept(string said) =>
        said[(said.IndexOf("kept in ", StringComparison.Ordinal) + 8)..].TrimEnd('\n', '.');

    [Theory]
    [InlineData("network", "network create a")]
    [InlineData("router", "router create a")]
    [InlineData("instance", "instance create a")]
    [InlineData("subnet", "subnet create a --network n --cidr 10.0.0.0/24")]
    [InlineData("port", "port create a --network n")]
    public async Task What_is_saved_is_taken(string noun, string create)
    {
        await _line.DoneAsync("network", "create", "n");
        await _line.DoneAsync(create.Split(' '));
        Edit(
            "sed -i 's/\"name\": \"a\"/\"name\": \"b\"/' \"$1\"; cp \"$1\" \"$1.seen\"; cp \"$1.seen\" " + _line.Folder
        );
        Assert.Contains(" b\n", await _line.DoneAsync(noun, "edit", "a"));
        Assert.Equal("b", (await _line.JsonAsync(noun, "show", "b")).GetProperty("name").GetString());
        Assert.True(File.Exists(Path.Combine(_line.Folder, $"{noun}.json.seen")));
    }

    [Fact]
    public async Task What_is_not_changed_changes_nothing_and_leaves_nothing()
    {
        await _line.DoneAsync("instance", "create", "a");
        Edit($"echo \"$1\" > {_line.Folder}/path; stat -c %a \"$(dirname \"$1\")\" > {_line.Folder}/mode");
        var (code, output, error) = await _line.RunAsync("instance", "edit", "a");
        Assert.Equal((0, "", "Nothing was changed.\n"), (code, output, error));
        Assert.False(File.Exists((await File.ReadAllTextAsync(Path.Combine(_line.Folder, "path"))).Trim()));
        Assert.Equal("700\n", await File.ReadAllTextAsync(Path.Combine(_line.Folder, "mode")));
    }

    [Theory]
    [InlineData("s/\"name\"/\"nmae\"/", "nmae")]
    [InlineData("s/\"launch_index\": 0/\"launch_index\": -1/", "launch_index: -1 is below 0")]
    [InlineData("s/\"launch_index\": 0,/\"launch_index\": /", "is not JSON")]
    [InlineData("s/\"id\": \"./\"id\": \"x/", "id")]
    public async Task What_is_refused_is_told_and_kept(string change, string said)
    {
        await _line.DoneAsync("instance", "create", "a");
        Edit($"sed -i '{change}' \"$1\"");
        var error = await _line.RefusedAsync(ExitCodes.Failed, "instance", "edit", "a");
        Assert.Contains(said, error);
        Assert.True(File.Exists(Kept(error)), error);
        Directory.Delete(Path.GetDirectoryName(Kept(error))!, recursive: true);
        Assert.Equal(0, (await _line.JsonAsync("instance", "show", "a")).GetProperty("launch_index").GetInt32());
    }

    [Fact]
    public async Task A_change_by_another_meanwhile_is_not_overwritten()
    {
        await _line.DoneAsync("network", "create", "a");
        var program = Path.Combine(AppContext.BaseDirectory, "stackmeta");
        Edit(
            $"{program} --data {_line.Folder} network set a --mtu 1400 >&2; sed -i 's/\"name\": \"a\"/\"name\": \"b\"/' \"$1\""
        );
        var said = await _line.RefusedAsync(ExitCodes.Failed, "network", "edit", "a");
        Assert.Contains("changed by another meanwhile", said);
        Assert.True(File.Exists(Kept(said)), said);
        Directory.Delete(Path.GetDirectoryName(Kept(said))!, recursive: true);
        Assert.Equal(1400, (await _line.JsonAsync("network", "show", "a")).GetProperty("mtu").GetInt32());
    }

    [Fact]
    public async Task User_data_is_edited_as_it_is_and_looked_at()
    {
        await _line.DoneAsync("instance", "create", "a");
        Edit("printf '#cloud-config\\npackages: [nginx]\\n' > \"$1\"");
        await _line.DoneAsync("instance", "edit", "a", "--user-data");
        Edit("sed -i 's/nginx\\]/nginx/' \"$1\"");
        var (code, _, error) = await _line.RunAsync("instance", "edit", "a", "--user-data");
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("no YAML", error);
        var data = (await _line.JsonAsync("instance", "show", "a")).GetProperty("user_data").GetBytesFromBase64();
        Assert.Equal("#cloud-config\npackages: [nginx\n", Encoding.UTF8.GetString(data));
        Edit("head -c 60000 /dev/urandom > \"$1\"");
        error = await _line.RefusedAsync(ExitCodes.Failed, "instance", "edit", "a", "--user-data");
        Assert.Contains("is 60000 bytes long", error);
        Assert.Equal(60000, new FileInfo(Kept(error)).Length);
        Directory.Delete(Path.GetDirectoryName(Kept(error))!, recursive: true);
    }

    [Theory]
    [InlineData("false", "The editor 'false' ended with exit code 1, and nothing was changed.")]
    [InlineData("/no/such/editor", "The editor '/no/such/editor' ended with exit code 127, and nothing was changed.")]
    public async Task An_editor_that_fails_changes_nothing(string editor, string said)
    {
        await _line.DoneAsync("network", "create", "a");
        Environment.SetEnvironmentVariable("VISUAL", editor);
        Assert.Contains(said, await _line.RefusedAsync(ExitCodes.Failed, "network", "edit", "a"));
    }
}
