using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Stackmeta.Hostile.Tests;

/// <summary>A user of the host who is nobody in particular, at every socket that listens there.</summary>
static class LocalUsers
{
    /// <summary>Nobody's number: haproxy and the serving half may be run as 'nobody'.</summary>
    const string User = "29731";

    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new("a local user asks each socket in everybody's name", "local users", Kinds.All, AskAsync),
        new("a local user takes all connections of each socket", "local users", Kinds.All, FloodAsync),
        new("what the serving half inherits", "local users", Kinds.TwoHalves, EnvironmentAsync),
    ];

    static async Task AskAsync(Assault assault)
    {
        var world = assault.World;
        var told = await RunAsync(
            "ask",
            await SocketsAsync(world),
            [
                .. world.Machines.Select(machine => new Named(
                    machine.Network.Id,
                    machine.Addresses[0].ToString(),
                    machine.InstanceId
                )),
                .. world.Machines.Select(machine => new Named(
                    machine.Network.Id,
                    machine.LinkLocal.ToString(),
                    machine.InstanceId
                )),
            ]
        );
        foreach (var (socket, texts) in told)
        {
            foreach (var text in texts)
            {
                lock (world.Secrets)
                {
                    foreach (
                        var secret in world.Secrets.Keys.Where(secret =>
                            text.Contains(secret, StringComparison.Ordinal)
                        )
                    )
                    {
                        assault.Loot.AddStolen($"A local user was told {secret} at {socket}");
                    }
                }
            }
        }
        var connected = told.Where(one => one.Value.Count > 0).Select(one => one.Key).ToList();
        assault.Notes.Add($"could connect to {string.Join(' ', connected)}");
        Assert.DoesNotContain(connected, socket => socket.StartsWith('/'));
    }

    static async Task FloodAsync(Assault assault)
    {
        var told = await RunAsync(
            "flood",
            await SocketsAsync(assault.World),
            [new("", $"{assault.Random.Next(1200, 1600)}", "")]
        );
        assault.Notes.AddRange(told.Where(one => one.Value.Count > 0).Select(one => $"{one.Key}: {one.Value[0]}"));
    }

    static async Task EnvironmentAsync(Assault assault)
    {
        foreach (var (name, process) in Condition.ProcessesOf(assault.World).Skip(1))
        {
            var environment = await File.ReadAllTextAsync($"/proc/{process}/environ");
            Assert.False(
                environment.Contains(World.Canary, StringComparison.Ordinal),
                $"{name} has its starter's environment."
            );
        }
    }

    sealed record Named(string Network, string Address, string Instance);

    static async Task<Dictionary<string, List<string>>> RunAsync(
        string what,
        IReadOnlyList<string> sockets,
        IReadOnlyList<Named> names
    )
    {
        var script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Attacks/local-user.py"));
        string[] user =
        [
            "--reuid",
            User,
            "--regid",
            User,
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set=-all",
            "--inh-caps=-all",
        ];
        var result = await Shell.TryAsync(
            "setpriv",
            [
                .. user,
                "/usr/bin/python3",
                "-c",
                script,
                what,
                JsonText(sockets),
                $"[{string.Join(',', names.Select(one => $"[{JsonText(one.Network)},{JsonText(one.Address)},{JsonText(one.Instance)}]"))}]",
            ]
        );
        Assert.True(result.Code == 0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return document
            .RootElement.EnumerateObject()
            .ToDictionary(
                one => one.Name,
                one =>
                    one.Value.EnumerateArray()
                        .Select(text => Encoding.Latin1.GetString(text.GetBytesFromBase64()))
                        .ToList()
            );
    }

    static string JsonText(IReadOnlyList<string> texts) => $"[{string.Join(',', texts.Select(JsonText))}]";

    static string JsonText(string text) => $"\"{text}\"";

    /// <summary>Paths and loopback addresses at which one of the programs listens.</summary>
    static async Task<IReadOnlyList<string>> SocketsAsync(World world)
    {
        var processes = Condition
            .ProcessesOf(world)
            .Select(one => one.Process.ToString(CultureInfo.InvariantCulture))
            .ToList();
        var shown = await Shell.RunAsync("ss", "-Hlxtnp");
        return
        [
            .. shown
                .Split('\n')
                .Where(line => processes.Exists(process => line.Contains($"pid={process},", StringComparison.Ordinal)))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(parts => parts[4])
                .Where(name =>
                    name.StartsWith('/')
                    || name.StartsWith("127.", StringComparison.Ordinal)
                    || name.StartsWith("[::1]", StringComparison.Ordinal)
                )
                .Distinct(),
        ];
    }
}
