using System.Globalization;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>What an ordinary user of the host can reach of a running path (docs/security.md).</summary>
public sealed class LocalUserTests : IAsyncLifetime
{
    const string Canary = "canary-of-the-environment";
    const UnixFileMode ByOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    static readonly string[] Haproxy = ["--set", "edge.proxy=haproxy"];
    static readonly string[] Split = ["--set", "edge.user=nobody"];

    readonly string _folder = RunningProgram.MakeFolder();
    readonly int _port = RunningProgram.FreePort();

    /// <summary>A file of this machine must not change what is looked at.</summary>
    readonly string _settings = Path.GetTempFileName();
    RunningProgram? _program;
    SqliteInventory? _inventory;
    Guest? _guest;

    public ValueTask InitializeAsync()
    {
        Requirements.Check();
        File.WriteAllText(_settings, "{}");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_guest is not null)
        {
            await _guest.DisposeAsync();
        }
        _inventory?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
        File.Delete(_settings);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Can_neither_connect_nor_read_a_secret_and_no_child_has_roots_environment(
        bool isSplit,
        bool isHaproxy
    )
    {
        _program = await RunningProgram.StartWithAsync(
            $"ROOTS_SECRET={Canary}",
            _folder,
            _port,
            [.. isSplit ? Split : [], .. isHaproxy ? Haproxy : []]
        );
        _inventory = _program.OpenInventory();
        var network = (await TwoNetworks.CreateNetworkAsync(_inventory, "local")).Id;
        await TwoNetworks.WaitForNetworkAsync(network);
        _guest = await Guest.CreateAsync(_inventory, network, new InstanceEntry { Name = "guest" });
        await _guest.AcquireLeaseAsync();
        Assert.Equal(_guest.Instance.Id, await _guest.UuidAsync());

        var processes = FindProcesses();
        var sockets = await FindSocketsAsync(FindFolders());
        Assert.Equal(isHaproxy, sockets.Any(static path => path.EndsWith("metadata_proxy", StringComparison.Ordinal)));
        Assert.All(
            sockets,
            path =>
                Assert.True(
                    (File.GetUnixFileMode(path) & ByOthers) == UnixFileMode.None,
                    $"{path} has mode {Convert.ToString((int)File.GetUnixFileMode(path), 8)}"
                )
        );
        foreach (var path in sockets)
        {
            // One who is neither root, nor the user that serves, nor haproxy's.
            var asked = await Shell.TryAsync(
                "setpriv",
                ["--reuid=2", "--regid=2", "--clear-groups", "--", "curl", "-sS", "--unix-socket", path, "http://x/"]
            );
            Assert.True(asked.Code == 7, $"{path}: {asked.Code} {asked.Error}");
        }
        foreach (var name in new[] { "secret", "inventory.db", "inventory.db-wal" })
        {
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(_folder, name)) & ByOthers);
        }
        Assert.Contains(processes, static process => process.Name == "dnsmasq");
        Assert.Equal(isHaproxy, processes.Any(static process => process.Name == "haproxy"));
        Assert.All(
            processes.Where(process => process.Id != _program.ProcessId),
            static process =>
                Assert.DoesNotContain(Canary, File.ReadAllText($"/proc/{process.Id}/environ"), StringComparison.Ordinal)
        );
        Assert.Equal(isSplit, processes.Count(static process => process.Name is "stackmeta" or "dotnet") > 1);
    }

    /// <summary>The program and all that it started, as far as their command lines name the data folder or the run folder.</summary>
    List<(int Id, string Name)> FindProcesses()
    {
        var found = new List<(int, string)>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }
            try
            {
                if (IsOurs(File.ReadAllText(Path.Combine(path, "cmdline"))))
                {
                    found.Add((id, File.ReadAllText(Path.Combine(path, "comm")).Trim()));
                }
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }
        return found;
    }

    bool IsOurs(string commandLine) =>
        FindFolders().Any(folder => commandLine.Contains(folder, StringComparison.Ordinal));

    /// <summary>Where files and sockets of the program may lie.</summary>
    List<string> FindFolders()
    {
        var settings = SettingsReader.Read(_settings, new System.Collections.Hashtable(), [$"data={_folder}"]);
        return [_folder, .. DataFolder.Of(settings).RunFolders];
    }

    static async Task<string[]> FindSocketsAsync(List<string> folders) =>
        // A folder may be missing, which find says and ends with 1.
        (await Shell.TryAsync("find", [.. folders, "-type", "s"])).Output.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
}
