using System.Diagnostics;
using System.Globalization;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary><c>stackmeta up</c> with <c>edge.user</c>: guests are served by an ordinary user's process (docs/few-rights.md).</summary>
public sealed class FewRightsTests : IAsyncLifetime
{
    /// <summary>Every machine has it.</summary>
    const string User = "nobody";
    static readonly string[] Split = ["--set", $"edge.user={User}"];

    readonly string _folder = RunningProgram.MakeFolder();
    readonly int _port = RunningProgram.FreePort();
    readonly List<RunningProgram> _programs = [];
    SqliteInventory? _inventory;
    Guest? _guest;

    public ValueTask InitializeAsync()
    {
        Requirements.Check();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_guest is not null)
        {
            await _guest.DisposeAsync();
        }
        _inventory?.Dispose();
        foreach (var program in _programs)
        {
            await program.DisposeAsync();
        }
        foreach (var left in FindServing())
        {
            using var kill = Process.Start("kill", ["-KILL", $"{left}"]);
            await kill.WaitForExitAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    async Task<RunningProgram> UpAsync(params string[] options)
    {
        var program = await RunningProgram.StartAsync(_folder, _port, options);
        _programs.Add(program);
        return program;
    }

    async Task<Guest> AttachAsync(RunningProgram program)
    {
        _inventory = program.OpenInventory();
        var network = (await TwoNetworks.CreateNetworkAsync(_inventory, "few-rights")).Id;
        await TwoNetworks.WaitForNetworkAsync(network);
        _guest = await Guest.CreateAsync(
            _inventory,
            network,
            new InstanceEntry { Name = "guest", ProjectId = "project-1" }
        );
        await _guest.AcquireLeaseAsync();
        Assert.Equal(_guest.Instance.Id, await _guest.UuidAsync());
        return _guest;
    }

    /// <summary>The processes that serve by this test's data folder: those that were told of an opener.</summary>
    List<int> FindServing() =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Where(path => int.TryParse(Path.GetFileName(path), out _))
                .Where(path =>
                {
                    try
                    {
                        var line = File.ReadAllText(Path.Combine(path, "cmdline"));
                        return line.Contains(_folder, StringComparison.Ordinal)
                            && line.Contains("edge.opener=", StringComparison.Ordinal)
                            && !line.Contains("setpriv", StringComparison.Ordinal);
                    }
                    catch (IOException)
                    {
                        return false;
                    }
                })
                .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)),
        ];

    async Task<int> OneOtherThanAsync(int before)
    {
        for (var tries = 0; ; tries++)
        {
            if (FindServing() is [var one] && one != before)
            {
                return one;
            }
            Assert.True(tries < 300, $"Serving: {string.Join(' ', FindServing())}, before: {before}");
            await Task.Delay(100);
        }
    }

    /// <summary>Asks without pause from the guest until told to stop; prints what failed.</summary>
    static Task<Shell.Result> AskUntilAsync(Guest guest, string stopFile) =>
        guest.RunAsync(
            "bash",
            "-c",
            $"asked=0; while [ ! -e {stopFile} ] && [ $SECONDS -lt 300 ]; do curl -sS --fail --max-time 20 -o /dev/null http://169.254.169.254/openstack/latest/meta_data.json || echo \"failed: $?\"; asked=$((asked+1)); done; echo \"asked $asked\""
        );

    static async Task KillAsync(int process)
    {
        using var kill = Process.Start("kill", ["-KILL", $"{process}"]);
        await kill.WaitForExitAsync();
    }

    [Fact]
    public async Task Guests_are_served_by_a_process_without_rights()
    {
        var program = await UpAsync(Split);
        await AttachAsync(program);
        var status = await File.ReadAllLinesAsync($"/proc/{Assert.Single(FindServing())}/status");
        Assert.Contains("CapEff:\t0000000000000000", status);
        Assert.Contains("CapPrm:\t0000000000000000", status);
        Assert.Contains("CapBnd:\t0000000000000000", status);
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.DoesNotContain(status, line => line.StartsWith("Uid:\t0", StringComparison.Ordinal));
        // Root's own process has no socket that a guest could reach, and root's files do not lie in the user's folder.
        Assert.Empty(Directory.EnumerateDirectories(_folder));
        Assert.Equal(0, await program.StopAsync());
        Assert.Empty(FindServing());
    }

    [Fact]
    public async Task A_serving_process_that_is_killed_comes_back_and_no_guest_is_refused()
    {
        var program = await UpAsync(Split);
        var guest = await AttachAsync(program);
        var before = Assert.Single(FindServing());
        var stopFile = Path.Combine(Path.GetTempPath(), $"stackmeta-stop-{Guid.NewGuid():N}");
        var asking = AskUntilAsync(guest, stopFile);
        await KillAsync(before);
        await OneOtherThanAsync(before);
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());
        await File.WriteAllTextAsync(stopFile, "");
        var result = await asking;
        File.Delete(stopFile);
        // curl's 7 is a connection that was refused; what the killed process had accepted may be lost.
        Assert.DoesNotContain("failed: 7", result.Output, StringComparison.Ordinal);
        Assert.Contains("asked ", result.Output, StringComparison.Ordinal);
    }

    /// <summary>Guests are served on, by a process that is then replaced by the next start's.</summary>
    [Fact]
    public async Task A_privileged_half_that_is_killed_harms_no_guest_and_the_next_goes_on()
    {
        var program = await UpAsync(Split);
        var guest = await AttachAsync(program);
        var before = Assert.Single(FindServing());
        var stopFile = Path.Combine(Path.GetTempPath(), $"stackmeta-stop-{Guid.NewGuid():N}");
        var asking = AskUntilAsync(guest, stopFile);
        // Not waited for as usual: who serves on has its output open.
        await KillAsync(program.ProcessId);
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());
        await UpAsync(Split);
        await OneOtherThanAsync(before);
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());
        await File.WriteAllTextAsync(stopFile, "");
        var result = await asking;
        File.Delete(stopFile);
        Assert.DoesNotContain("failed", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_program_takes_over_and_no_guest_notices(bool isSplit)
    {
        string[] options = isSplit ? Split : [];
        var program = await UpAsync(options);
        var guest = await AttachAsync(program);
        var stopFile = Path.Combine(Path.GetTempPath(), $"stackmeta-stop-{Guid.NewGuid():N}");
        var asking = AskUntilAsync(guest, stopFile);
        var next = await UpAsync([.. options, "--set", "edge.take_over=true"]);
        Assert.Equal(0, await program.StopAsync());
        Assert.Equal(guest.Instance.Id, await guest.UuidAsync());
        await File.WriteAllTextAsync(stopFile, "");
        var result = await asking;
        File.Delete(stopFile);
        Assert.DoesNotContain("failed", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, await next.StopAsync());
    }

    [Fact]
    public async Task A_data_folder_that_nobody_else_may_enter_is_given_to_the_user()
    {
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await AttachAsync(await UpAsync(Split));
    }

    [Fact]
    public async Task A_data_folder_that_the_user_cannot_reach_is_refused_with_the_reason()
    {
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "private", "data")).FullName;
        File.SetUnixFileMode(
            Path.GetDirectoryName(inner)!,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        var ended = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            RunningProgram.StartAsync(inner, _port, Split)
        );
        Assert.Contains($"User {User} cannot reach {inner}", ended.Message);
    }
}
