using System.Text;
using System.Text.Json;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>Two guests change their addresses while both ask without a pause: neither is ever told what is the other's.</summary>
public sealed class ChangingPortsTests : IAsyncLifetime
{
    readonly string _folder = RunningProgram.MakeFolder();
    readonly string _tools = Directory.CreateTempSubdirectory("stackmeta-tools-").FullName;
    readonly int _port = RunningProgram.FreePort();
    readonly List<RunningProgram> _programs = [];
    readonly List<Guest> _guests = [];
    SqliteInventory? _inventory;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Requirements.Check();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var guest in _guests)
        {
            await guest.DisposeAsync();
        }
        _inventory?.Dispose();
        foreach (var program in Enumerable.Reverse(_programs))
        {
            await program.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_tools, recursive: true);
    }

    public enum Shape
    {
        OneProcess,
        ThreeProcesses,
        Haproxy,
        FewRights,
    }

    [Theory]
    [InlineData(Shape.OneProcess)]
    [InlineData(Shape.ThreeProcesses)]
    [InlineData(Shape.Haproxy)]
    [InlineData(Shape.FewRights)]
    public async Task S2_addresses_that_pass_to_another_instance_tell_nobody_of_another(Shape shape)
    {
        await StartAsync(shape);
        var (alice, bob) = await CreatePairAsync("lab");
        var stop = Path.Combine(_tools, "stop");
        var asking = new[] { AskAsync(alice, stop, bob), AskAsync(bob, stop, alice) };
        for (var round = 0; round < 6; round++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
            await ImportSwappedAsync(alice.Address, bob.Address);
        }
        await OwnAgainAsync(alice);
        await OwnAgainAsync(bob);
        await File.WriteAllTextAsync(stop, "", Cancellation);
        var (ofAlice, ofBob) = (await asking[0], await asking[1]);
        Assert.DoesNotContain(ofAlice, answer => answer.Key.Contains("bob", StringComparison.Ordinal));
        Assert.DoesNotContain(ofBob, answer => answer.Key.Contains("alice", StringComparison.Ordinal));
        Assert.True(ofAlice.GetValueOrDefault("200 secret of alice") > 10, JsonSerializer.Serialize(ofAlice));
        Assert.True(ofBob.GetValueOrDefault("200 secret of bob") > 10, JsonSerializer.Serialize(ofBob));
    }

    /// <summary>The rules cannot be changed for a while: the old ones hold, and under them nobody is told what is new.</summary>
    [Fact]
    public async Task S2_while_nft_fails_no_address_is_answered_as_its_new_owner_and_others_are_served()
    {
        await MakeFailingNftAsync();
        await StartAsync(Shape.OneProcess, $"PATH={_tools}:{Environment.GetEnvironmentVariable("PATH")}");
        var (alice, bob) = await CreatePairAsync("lab");
        var (carol, _) = await CreatePairAsync("other", "carol", "dave");
        var (erin, frank) = await CreatePairAsync("third", "erin", "frank");
        var failing = Path.Combine(_tools, "fails");
        await File.WriteAllTextAsync(failing, alice.Port.NetworkId, Cancellation);
        var stop = Path.Combine(_tools, "stop");
        var asking = new[] { AskAsync(alice, stop, bob), AskAsync(bob, stop, alice), AskAsync(carol, stop) };
        await SwapPortsAsync(alice, bob);
        await ShowsAsync("is degraded");
        await ShowsAsync("tried again");
        // Another network's change is not held up.
        await SwapPortsAsync(erin, frank);
        await OwnAgainAsync(erin);

        File.Delete(failing);
        await OwnAgainAsync(alice);
        await OwnAgainAsync(bob);
        await File.WriteAllTextAsync(stop, "", Cancellation);
        Assert.DoesNotContain(await asking[0], answer => answer.Key.Contains("bob", StringComparison.Ordinal));
        Assert.DoesNotContain(await asking[1], answer => answer.Key.Contains("alice", StringComparison.Ordinal));
        var ofCarol = await asking[2];
        Assert.True(ofCarol.GetValueOrDefault("200 secret of carol") > 10, JsonSerializer.Serialize(ofCarol));
        // On a busy machine an answer may be late, and is no other.
        Assert.DoesNotContain(ofCarol.Keys, answer => answer is not ("200 secret of carol" or "failed TimeoutError"));
    }

    /// <summary>A row that nobody wrote by way of the inventory's rules.</summary>
    [Theory]
    [InlineData("UPDATE ports SET mac_address = 'no mac' WHERE id = '{port}'")]
    [InlineData("UPDATE ports SET id = 'no uuid' WHERE id = '{port}'")]
    [InlineData("UPDATE fixed_ips SET address = 'nowhere' WHERE port_id = '{port}'")]
    [InlineData("UPDATE fixed_ips SET floating_ips = '[' WHERE port_id = '{port}'")]
    [InlineData("UPDATE subnets SET cidr = 'no cidr' WHERE network_id = '{network}'")]
    [InlineData("UPDATE subnets SET dns_nameservers = '[null]' WHERE network_id = '{network}'")]
    [InlineData("UPDATE subnets SET host_routes = 'null' WHERE network_id = '{network}'")]
    [InlineData("INSERT INTO networks (id, name, project_id, injected) VALUES ('no uuid', '', '', 0)")]
    public async Task One_bad_row_freezes_no_other_network(string statement)
    {
        await StartAsync(Shape.OneProcess);
        var (bad, _) = await CreatePairAsync("bad");
        var (good, neighbour) = await CreatePairAsync("good", "carol", "dave");
        await SpoilAsync(statement, bad);
        await SwapPortsAsync(good, neighbour);
        await OwnAgainAsync(good);
        await OwnAgainAsync(neighbour);
        var (later, _) = await CreatePairAsync("later", "erin", "frank");
        Assert.Equal("secret of erin", await UserDataAsync(later));
        var name =
            statement.Contains("{port}") ? "port"
            : statement.Contains("{network}") ? "subnet"
            : "no uuid";
        Assert.Contains(name, await StatusAsync(), StringComparison.Ordinal);
        Assert.Contains("of the inventory:", _programs[0].Said, StringComparison.Ordinal);
    }

    async Task StartAsync(Shape shape, string? variable = null)
    {
        if (shape == Shape.ThreeProcesses)
        {
            foreach (var hop in (string[])["api", "agent", "edge"])
            {
                _programs.Add(
                    await RunningProgram.StartCommandAsync(
                        _folder,
                        [hop, .. RunningProgram.OptionsOf(_folder, _port)[2..]]
                    )
                );
            }
        }
        else
        {
            string[] options =
                shape == Shape.Haproxy ? ["--set", "edge.proxy=haproxy"]
                : shape == Shape.FewRights ? ["--set", "edge.user=nobody"]
                : [];
            _programs.Add(
                variable is null
                    ? await RunningProgram.StartAsync(_folder, _port, options)
                    : await RunningProgram.StartWithAsync(variable, _folder, _port, options)
            );
        }
        _inventory = _programs[0].OpenInventory();
    }

    /// <summary>Two guests on a network of their own, each held to its port by the rules.</summary>
    async Task<(Guest First, Guest Second)> CreatePairAsync(
        string network,
        string first = "alice",
        string second = "bob"
    )
    {
        var id = (await TwoNetworks.CreateNetworkAsync(_inventory!, network)).Id;
        var made = new List<Guest>();
        foreach (var name in (string[])[first, second])
        {
            var guest = await Guest.CreateAsync(
                _inventory!,
                id,
                new InstanceEntry
                {
                    Name = name,
                    ProjectId = "project-1",
                    UserData = Encoding.UTF8.GetBytes($"secret of {name}\n"),
                }
            );
            _guests.Add(guest);
            made.Add(guest);
            var device = DeviceNames.Tap(Guid.Parse(guest.Port.Id));
            await Shell.RunAsync("ip", "link", "set", "dev", device, "nomaster");
            await Shell.RunAsync("ip", "link", "set", "dev", device, "alias", "");
            await Shell.RunAsync(Checkout.Program, "port", "attach", guest.Port.Id, device, "--data", _folder);
            await guest.AcquireLeaseAsync();
            Assert.Equal($"secret of {name}", await UserDataAsync(guest));
        }
        return (made[0], made[1]);
    }

    /// <summary>Asks from the guest's own address and from those of others, which the rules may give it or not.</summary>
    static async Task<Dictionary<string, int>> AskAsync(Guest guest, string stop, params Guest[] others)
    {
        foreach (var other in others)
        {
            await guest.RunAsync("ip", "addr", "add", $"{other.Address}/26", "dev", "eth0");
        }
        var script = Path.Combine(AppContext.BaseDirectory, "Rig/ask-always.py");
        string[] addresses = [guest.Address, .. others.Select(other => other.Address)];
        var result = await guest.RunAsync("/usr/bin/python3", [script, stop, .. addresses]);
        Assert.True(result.Code == 0, result.Error);
        return JsonSerializer.Deserialize<Dictionary<string, int>>(result.Output)!;
    }

    /// <summary>Both addresses change hands in one import.</summary>
    async Task ImportSwappedAsync(string one, string other)
    {
        var document = new MemoryStream();
        await _inventory!.ExportAsync(document, Cancellation);
        var text = Encoding
            .UTF8.GetString(document.ToArray())
            .Replace($"\"{one}\"", "\"?\"")
            .Replace($"\"{other}\"", $"\"{one}\"")
            .Replace("\"?\"", $"\"{other}\"");
        var objections = await _inventory.ImportAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(text)),
            new() { Replace = true },
            cancellationToken: Cancellation
        );
        Assert.Empty(objections);
    }

    /// <summary>Two guests that never swapped before do in one transaction.</summary>
    async Task SwapPortsAsync(Guest one, Guest other)
    {
        var outcome = await _inventory!.TogetherAsync(
            async together =>
            {
                await together.Ports.ChangeAsync(one.Port.Id, port => WithAddress(port, "10.0.0.120"));
                await together.Ports.ChangeAsync(other.Port.Id, port => WithAddress(port, one.Address));
                return await together.Ports.ChangeAsync(one.Port.Id, port => WithAddress(port, other.Address));
            },
            Cancellation
        );
        Assert.False(outcome.IsRefused);
    }

    static PortEntry WithAddress(PortEntry port, string address) =>
        port with
        {
            FixedIps = [port.FixedIps!.Value[0] with { IpAddress = address }],
        };

    /// <summary>The guest takes the address that is its port's now, and is told what is its own.</summary>
    async Task OwnAgainAsync(Guest guest)
    {
        var port = (await _inventory!.Ports.FindAsync(guest.Port.Id, Cancellation)).Value!;
        var address = port.FixedIps!.Value[0].IpAddress;
        await guest.RunAsync("ip", "addr", "add", $"{address}/26", "dev", "eth0");
        await guest.RunAsync("ip", "route", "replace", "169.254.169.254", "dev", "eth0");
        for (var tries = 0; ; tries++)
        {
            var result = await guest.RunAsync(
                "curl",
                "-sS",
                "--fail",
                "--interface",
                address,
                "--max-time",
                "10",
                "http://169.254.169.254/latest/user-data"
            );
            if (result.Code == 0)
            {
                Assert.Equal($"secret of {guest.Instance.Name}\n", result.Output);
                return;
            }
            Assert.True(tries < 30, result.Error);
            await Task.Delay(200, Cancellation);
        }
    }

    static async Task<string> UserDataAsync(Guest guest) =>
        Encoding.UTF8.GetString(await guest.GetAsync("/latest/user-data")).Trim();

    async Task<string> StatusAsync() => (await Shell.TryAsync(Checkout.Program, ["status", "--data", _folder])).Output;

    async Task ShowsAsync(string text)
    {
        for (var tries = 0; ; tries++)
        {
            var status = await StatusAsync();
            if (status.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
            Assert.True(tries < 50, status);
            await Task.Delay(200, Cancellation);
        }
    }

    async Task SpoilAsync(string statement, Guest guest)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(_folder, "inventory.db")}"
        );
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText =
            "PRAGMA foreign_keys = OFF; "
            + statement.Replace("{port}", guest.Port.Id).Replace("{network}", guest.Port.NetworkId)
            + "; INSERT INTO changes (kind, id) VALUES (0, '')";
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>An nft, first on the path, that fails for the network whose id is in a file.</summary>
    async Task MakeFailingNftAsync()
    {
        var nft = Path.Combine(_tools, "nft");
        await File.WriteAllTextAsync(
            nft,
            $"""
            #!/bin/sh
            if [ -e {_tools}/fails ]; then
              case "$*" in *"$(cat {_tools}/fails)"*) echo "no room for it" >&2; exit 1;; esac
            fi
            exec /usr/sbin/nft "$@"
            """,
            Cancellation
        );
        File.SetUnixFileMode(nft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
