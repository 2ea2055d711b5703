using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Stackmeta.Inventory;

namespace Stackmeta.Hostile.Tests;

/// <summary>
/// What serves, two networks of the same addresses, and those who live there: Alice and Bob on the first network, Carol, who has Alice's
/// address, on the second. Attackers come and go.
/// </summary>
public abstract class World : IAsyncLifetime
{
    /// <summary>Few, so that it does not take long to use them up; a host's are some thousands.</summary>
    private protected virtual int Descriptors => 1024;

    /// <summary>Stands in the environment of whatever is started, and should stay there.</summary>
    internal const string Canary = "canary-of-the-starter";

    readonly List<Machine> _machines = [];
    readonly SemaphoreSlim _making = new(1);
    SqliteInventory? _inventory;
    GuestNetwork? _first;
    GuestNetwork? _second;
    Machine? _alice;
    Machine? _bob;
    Machine? _carol;
    int _names;

    internal abstract Kinds Kind { get; }

    /// <summary>The data folder of what runs.</summary>
    internal string Folder { get; } = RunningProgram.MakeFolder();

    /// <summary>A settings file that every program has, for settings that hold at once.</summary>
    internal string SettingsFile => Path.Combine(Folder, "stackmeta.json");

    internal GuestNetwork First => _first!;

    internal GuestNetwork Second => _second!;

    internal Machine Alice => _alice!;

    internal Machine Bob => _bob!;

    internal Machine Carol => _carol!;

    internal SqliteInventory Inventory => _inventory!;

    /// <summary>All that there are at the moment.</summary>
    internal IReadOnlyList<Machine> Machines
    {
        get
        {
            lock (_machines)
            {
                return [.. _machines];
            }
        }
    }

    /// <summary>Each network's id with each address that a machine there was ever known by.</summary>
    internal HashSet<(string NetworkId, string Address)> EverAssigned { get; } = [];

    /// <summary>How it was before the first attack: what each of many leaves behind adds up.</summary>
    internal Condition? Baseline { get; set; }

    /// <summary>Every secret that there ever was, and whose it is: the instance's id.</summary>
    internal Dictionary<string, string> Secrets { get; } = [];

    /// <summary>What proves an instance to the API, which is nobody's business but the API's and the agent's.</summary>
    internal IReadOnlyCollection<string> Signatures
    {
        get
        {
            var file = Path.Combine(Folder, "secret");
            if (!File.Exists(file))
            {
                return [];
            }
            var key = Encoding.UTF8.GetBytes(File.ReadAllText(file).Trim());
            lock (Secrets)
            {
                return
                [
                    .. Secrets.Values.Select(id =>
                        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(id)))
                    ),
                ];
            }
        }
    }

    /// <summary>What is attacked, by its name.</summary>
    internal Dictionary<string, RunningProgram> Programs { get; } = [];

    protected IReadOnlyDictionary<string, string?> Environment =>
        new Dictionary<string, string?> { ["SECRET_OF_STARTER"] = Canary, ["PATH"] = FaultyTools.PathBefore(Folder) };

    /// <summary>Starts what serves; the inventory is made before.</summary>
    private protected abstract Task StartAsync();

    /// <summary>Makes a network that is served.</summary>
    private protected abstract Task<GuestNetwork> ServeAsync(NetworkEntry network, SubnetEntry subnet);

    /// <summary>Puts a machine on its network, held to its port.</summary>
    internal abstract Task AttachAsync(Machine machine);

    /// <summary>Takes it off.</summary>
    internal abstract Task DetachAsync(Machine machine);

    private protected abstract Task StopAsync();

    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        await LeftMachines.RemoveAsync();
        FaultyTools.Install(Folder);
        await File.WriteAllTextAsync(SettingsFile, "{}");
        _inventory = SqliteInventory.Open(Path.Combine(Folder, "inventory.db"), TimeProvider.System);
        await StartAsync();
        try
        {
            await SettleAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"Nobody can live there; it said:\n{Said}", e);
        }
    }

    async Task SettleAsync()
    {
        _first = await NewNetworkAsync("first");
        _second = await NewNetworkAsync("second");
        _alice = await AddMachineAsync(First, "alice");
        _bob = await AddMachineAsync(First, "bob");
        _carol = await AddMachineAsync(Second, "carol");
        Assert.Equal(Alice.Addresses[0], Carol.Addresses[0]);
        foreach (var machine in (Machine[])[Alice, Bob, Carol])
        {
            await IsServedAsync(machine);
        }
    }

    /// <summary>Returns when a machine is told its own secret over both IPv4 and its link-local address.</summary>
    internal async Task IsServedAsync(Machine machine)
    {
        for (var tries = 0; ; tries++)
        {
            var answers = new[]
            {
                await machine.AskAsync("/latest/user-data", seconds: 2),
                await machine.AskAsync("/latest/user-data", ipv6: true, seconds: 2),
            };
            if (answers.All(answer => answer is { Status: 200 } && answer.Text == machine.Secret))
            {
                return;
            }
            Assert.True(
                tries < 40,
                $"{machine.Name} is told {string.Join(", ", answers.Select(answer => $"{answer?.Status} {answer?.Text}"))}\n{Said}"
            );
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    internal string Said => string.Join('\n', Programs.Select(one => $"{one.Key}:\n{one.Value.Said}"));

    /// <summary>A network that is served, with the subnet 10.0.0.0/24.</summary>
    internal async Task<GuestNetwork> NewNetworkAsync(string name) =>
        await ServeAsync(
            new() { Name = name, ProjectId = "p" },
            new()
            {
                Cidr = "10.0.0.0/24",
                DhcpServer = (Kinds.Own | Kinds.Router).HasFlag(Kind) ? "10.0.0.2" : null,
                EnableDhcp = (Kinds.Own | Kinds.Router).HasFlag(Kind),
            }
        );

    /// <summary>An instance with one port on a network, and its machine.</summary>
    /// <param name="addresses">How many IPv4 addresses its port has.</param>
    internal async Task<Machine> AddMachineAsync(GuestNetwork network, string name, int addresses = 1)
    {
        var (instance, secret) = await NewInstanceAsync(name);
        PortEntry? port = null;
        await AloneAsync(async () =>
            port = Value(
                await Inventory.Ports.CreateAsync(
                    new()
                    {
                        NetworkId = network.Id,
                        DeviceId = instance,
                        FixedIps =
                        [
                            .. Enumerable
                                .Range(0, addresses)
                                .Select(_ => new FixedIpEntry { SubnetId = network.SubnetId, IpAddress = "" }),
                        ],
                    }
                )
            )
        );
        return await PlugAsync(network, name, port!, secret);
    }

    /// <summary>Changes the inventory while no other attack does.</summary>
    internal async Task AloneAsync(Func<Task> changeAsync)
    {
        await _making.WaitAsync();
        try
        {
            await changeAsync();
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>An instance whose user data are a secret.</summary>
    internal async Task<(string Id, string Secret)> NewInstanceAsync(string name)
    {
        var secret = $"secret-of-{name}-{Guid.NewGuid():N}";
        var id = "";
        await AloneAsync(async () =>
            id = Value(
                await Inventory.Instances.CreateAsync(
                    new()
                    {
                        Name = $"{name}-{Interlocked.Increment(ref _names)}",
                        ProjectId = "p",
                        UserData = Encoding.ASCII.GetBytes(secret),
                    }
                )
            ).Id
        );
        lock (Secrets)
        {
            Secrets[secret] = id;
        }
        return (id, secret);
    }

    /// <summary>The machine of a port that is there.</summary>
    internal async Task<Machine> PlugAsync(GuestNetwork network, string name, PortEntry port, string secret)
    {
        var machine = new Machine
        {
            Name = name,
            Network = network,
            PortId = port.Id,
            InstanceId = port.DeviceId,
            Secret = secret,
            Mac = Machine.MacOf(port.MacAddress),
            Addresses =
            [
                .. port.FixedIps!.Value.Select(one => IPAddress.Parse(one.IpAddress))
                    .Where(one => one.AddressFamily == AddressFamily.InterNetwork),
            ],
        };
        lock (_machines)
        {
            _machines.Add(machine);
            foreach (var address in machine.Addresses.Append(machine.LinkLocal))
            {
                EverAssigned.Add((network.Id, address.ToString()));
            }
        }
        await machine.CreateAsync();
        await AttachAsync(machine);
        return machine;
    }

    /// <summary>Takes machine, port and instance away.</summary>
    internal async Task RemoveAsync(Machine machine)
    {
        lock (_machines)
        {
            _machines.Remove(machine);
        }
        await machine.DisposeAsync();
        await Inventory.Ports.DeleteAsync(machine.PortId);
        await Inventory.Instances.DeleteAsync(machine.InstanceId);
    }

    /// <summary>The interface of a namespace that has the metadata address, and its MAC.</summary>
    internal static Task<(string Device, byte[] Mac)> ServerOfAsync(string @namespace) =>
        LinkWithAsync(@namespace, "169.254.169.254");

    /// <summary>The interface that has an address, as soon as there is one.</summary>
    internal static async Task<(string Device, byte[] Mac)> LinkWithAsync(string @namespace, string wanted)
    {
        for (var tries = 0; ; tries++)
        {
            var shown = await Shell.TryAsync("ip", ["-n", @namespace, "-json", "addr", "show"]);
            var link =
                shown.Code == 0
                    ? JsonNode
                        .Parse(shown.Output)!
                        .AsArray()
                        .FirstOrDefault(link =>
                            link!["addr_info"]!
                                .AsArray()
                                .Any(address => address!["local"]?.GetValue<string>() == wanted)
                        )
                    : null;
            if (link is not null)
            {
                return (
                    link["ifname"]!.GetValue<string>(),
                    Machine.MacOf(
                        link["address"]!.GetValue<string>().ToUpper(CultureInfo.InvariantCulture).Replace(':', '-')
                    )
                );
            }
            Assert.True(tries < 200, $"{@namespace} has no metadata address.");
            await Task.Delay(50);
        }
    }

    internal static T Value<T>(Outcome<T> outcome)
        where T : class
    {
        Assert.False(outcome.IsRefused, string.Join(", ", outcome.Objections.IsDefault ? [] : outcome.Objections));
        return outcome.Value!;
    }

    /// <summary>Writes the settings file and has it read, by all halves of all programs.</summary>
    internal async Task SetAsync(string json)
    {
        await File.WriteAllTextAsync(SettingsFile, json);
        var before = Programs.Values.Sum(program => program.Lines.Count);
        foreach (var (_, process) in Condition.ProcessesOf(this))
        {
            await Shell.TryAsync("kill", ["-HUP", $"{process}"]);
        }
        // The log says that they were read.
        await Assault.UntilAsync(
            () => Task.FromResult(Programs.Values.Sum(program => program.Lines.Count) > before),
            $"The settings are not read: {Said}"
        );
        await Task.Delay(200);
    }

    /// <summary>A command of the program on this world's folder.</summary>
    internal Task<Shell.Result> StackmetaAsync(params string[] arguments) =>
        Shell.TryAsync(Checkout.Program, [.. arguments, "--data", Folder]);

    private protected Task<RunningProgram> StartProgramAsync(params string[] arguments) =>
        RunningProgram.StartCommandWithinAsync(
            Descriptors,
            Environment,
            Folder,
            [.. arguments, "--config", SettingsFile]
        );

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var machine in Machines)
            {
                await machine.DisposeAsync();
            }
            _inventory?.Dispose();
            await StopAsync();
        }
        finally
        {
            foreach (var program in Programs.Values.Reverse())
            {
                await program.DisposeAsync();
            }
        }
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
