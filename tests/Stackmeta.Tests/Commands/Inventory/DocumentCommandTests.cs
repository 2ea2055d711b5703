using System.Diagnostics;
using System.Text;

namespace Stackmeta.Tests;

/// <summary><c>stackmeta import</c> and <c>stackmeta export</c>.</summary>
public sealed class DocumentCommandTests : IDisposable
{
    const string Document = """
        {
          "stackmeta_inventory": 1,
          "networks": [ { "name": "n" } ],
          "instances": [ { "name": "größe", "user_data": "AP8=" } ],
          "ports": [ { "network_id": "n", "device_id": "größe" } ]
        }
        """;

    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task What_was_exported_is_imported_elsewhere()
    {
        Assert.Equal("3 entries imported.\n", await _line.DoneAsync("import", _line.File("in.json", Document)));
        var file = Path.Combine(_line.Folder, "out.json");
        Assert.Equal("", await _line.DoneAsync("export", file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var other = new InventoryCommandLine();
        await other.DoneAsync("import", file);
        Assert.Equal(await File.ReadAllBytesAsync(file), await other.PipedAsync([], "export", "-"));
        Assert.Equal(await File.ReadAllBytesAsync(file), await other.PipedAsync([], "export"));
        Assert.Equal(
            ["in.json", "inventory.db", "out.json"],
            Directory.GetFiles(_line.Folder).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public async Task A_dry_run_says_what_an_import_would_and_changes_nothing()
    {
        var file = _line.File("in.json", Document);
        Assert.Equal("3 entries would be imported.\n", await _line.DoneAsync("import", "--dry-run", file));
        Assert.Equal(["in.json"], Directory.GetFiles(_line.Folder).Select(Path.GetFileName));
        await _line.DoneAsync("network", "create", "n");
        var before = await _line.PipedAsync([], "export");
        // By its name, the document's port would be of either network.
        const string Said = "line 5: ports[0].network_id: several networks are named 'n'";
        Assert.Contains(Said, await _line.RefusedAsync(ExitCodes.Failed, "import", "--dry-run", file));
        Assert.Contains(Said, await _line.RefusedAsync(ExitCodes.Failed, "import", file));
        await _line.DoneAsync("import", "--dry-run", "--replace", file);
        Assert.Equal(before, await _line.PipedAsync([], "export"));
    }

    [Fact]
    public async Task Standard_input_is_a_document_too()
    {
        await _line.PipedAsync(Encoding.UTF8.GetBytes(Document), "import", "-");
        Assert.Equal(1, (await _line.JsonAsync("instance", "list")).GetArrayLength());
    }

    [Fact]
    public async Task The_same_document_is_refused_unless_it_replaces()
    {
        await _line.DoneAsync("import", _line.File("in.json", Document));
        var file = Path.Combine(_line.Folder, "out.json");
        await _line.DoneAsync("export", file);
        Assert.StartsWith(
            $"stackmeta: {file}: line 5: networks[0].id: there is a network with the id ",
            await _line.RefusedAsync(1, "import", file)
        );
        Assert.Equal("3 entries imported.\n", await _line.DoneAsync("import", "--replace", file));
    }

    [Fact]
    public async Task Everything_wrong_with_a_document_is_said_with_its_lines()
    {
        var file = _line.File(
            "in.json",
            "{ \"stackmeta_inventory\": 1, \"networks\": [\n{ \"mtu\": 1 },\n{ \"mtus\": 1 } ] }"
        );
        Assert.Equal(
            $"stackmeta: {file}: line 2: networks[0].mtu: 1 is not between 68 and 65535.\n"
                + $"stackmeta: {file}: line 3: networks[1].mtus: is an unknown key; known are id, name, project_id, mtu, injected.\n",
            await _line.RefusedAsync(1, "import", file)
        );
    }

    [Fact]
    public async Task Files_that_cannot_be_read_or_written_are_named()
    {
        var missing = Path.Combine(_line.Folder, "missing", "x.json");
        Assert.StartsWith($"stackmeta: {missing} cannot be read: ", await _line.RefusedAsync(1, "import", missing));
        await _line.DoneAsync("network", "create", "n");
        Assert.StartsWith($"stackmeta: {missing} cannot be written: ", await _line.RefusedAsync(1, "export", missing));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_an_import_it_leaves_nothing_and_the_inventory_goes_on()
    {
        await _line.DoneAsync("network", "create", "before");
        using var program = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "stackmeta"))
            {
                ArgumentList = { "import", "--replace", "-", "--data", _line.Folder },
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        try
        {
            await program.StandardInput.WriteAsync("{ \"stackmeta_inventory\": 1, \"routers\": [ {}");
            var wal = new FileInfo(Path.Combine(_line.Folder, "inventory.db-wal"));
            // Until what is written no longer fits into its memory, so that half of an import is in the file.
            var entries = string.Concat(Enumerable.Repeat(",{}", 10_000));
            for (var i = 0; i < 200 && (!wal.Exists || wal.Length < 1_000_000); i++)
            {
                await program.StandardInput.WriteAsync(entries);
                wal.Refresh();
            }
            Assert.True(wal.Length > 1_000_000);
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, (await _line.JsonAsync("router", "list")).GetArrayLength());
        Assert.Equal("before", (await _line.JsonAsync("network", "list"))[0].GetProperty("name").GetString());
        await _line.DoneAsync("network", "create", "after");
    }
}
