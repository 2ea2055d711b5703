using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Stackmeta.Inventory;
using Stackmeta.Tests.Support;

namespace Stackmeta.EndToEnd.Tests;

/// <summary>A hop that is started as its unit starts it, with a data folder of its own and a systemd that the test plays.</summary>
sealed class PlayedService : IAsyncDisposable
{
    /// <summary>How long a start, a stop or a reload may take on a busy machine.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _folder = RunningProgram.MakeFolder();
    readonly string[] _service;
    readonly StringBuilder _log = new();
    Process? _process;

    PlayedService(string command, string[] more)
    {
        File.WriteAllText(SettingsFile, "{}");
        _service =
        [
            Checkout.Program,
            command,
            "--data",
            _folder,
            "--config",
            SettingsFile,
            "--set",
            $"api.listen=127.0.0.1:{Port}",
            .. more,
        ];
    }

    public int Port { get; } = RunningProgram.FreePort();

    public PlayedSystemd Systemd { get; } = new();

    public string SettingsFile => Path.Combine(_folder, "stackmeta.json");

    public string AgentSocket => Path.Combine(_folder, "metadata_proxy");

    /// <summary>All that it has logged, over all its starts.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts a hop and returns when systemd is told that it is ready.</summary>
    /// <param name="command">The hop.</param>
    /// <param name="watchdog">How often systemd wants a sign of life; null for never.</param>
    /// <param name="api">The API that an agent asks; null for one of its own.</param>
    public static async Task<PlayedService> StartAsync(string command, TimeSpan? watchdog = null, string? api = null)
    {
        var service = new PlayedService(command, command == "agent" ? ["--api", api ?? "in-process"] : []);
        try
        {
            await service.StartAsync(watchdog);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins the start of a hop, and does not wait until it is ready.</summary>
    public static PlayedService Begin(string command, string api)
    {
        var service = new PlayedService(command, ["--api", api]);
        service.Begin(watchdog: null);
        return service;
    }

    async Task StartAsync(TimeSpan? watchdog = null)
    {
        var before = Count("READY=1");
        Begin(watchdog);
        await EventuallyAsync(() => Count("READY=1") > before, "it is ready");
    }

    void Begin(TimeSpan? watchdog)
    {
        var process = new Process
        {
            // As systemd does; whoever runs the tests may have it ignored (nohup).
            StartInfo = new("env", ["--default-signal=HUP", "bash", "-c", Systemd.CommandLine(_service, watchdog)])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            },
        };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        Systemd.CloseInherited();
        _process = process;
    }

    /// <summary>How often systemd was told something.</summary>
    public int Count(string told) => Systemd.Told.Count(line => line == told);

    /// <summary>As systemd does: stops it, then starts it with what was stored.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Asks for a reload and returns when systemd is told that it is over.</summary>
    public async Task ReloadAsync(string settings)
    {
        await File.WriteAllTextAsync(SettingsFile, settings);
        var before = Count("READY=1");
        await SignalAsync("HUP");
        await EventuallyAsync(() => Count("READY=1") > before, "it is ready again");
    }

    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        var process = _process!;
        await SignalAsync("TERM");
        await process.WaitForExitAsync().WaitAsync(Patience);
        _process = null;
        using (process)
        {
            return process.ExitCode;
        }
    }

    Task<string> SignalAsync(string signal) => Shell.RunAsync("kill", $"-{signal}", $"{_process!.Id}");

    public async Task EventuallyAsync(Func<bool> holds, string what)
    {
        var since = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(_process is not { HasExited: true }, $"It ended before this held: {what}\n{Log}");
            Assert.True(
                Stopwatch.GetElapsedTime(since) < Patience,
                $"Not in time: {what}\n{string.Join('\n', Systemd.Told)}\n{Log}"
            );
            await Task.Delay(10);
        }
    }

    /// <summary>An instance in its inventory.</summary>
    public async Task<InstanceEntry> CreateInstanceAsync()
    {
        using var inventory = SqliteInventory.Open(Path.Combine(_folder, "inventory.db"), TimeProvider.System);
        return (
            await inventory.Instances.CreateAsync(new InstanceEntry { Name = "guest", ProjectId = "project-1" })
        ).Value!;
    }

    /// <summary>What a guest's agent gets of the API for a path.</summary>
    public async Task<string> AskAsync(InstanceEntry instance, string path)
    {
        var secret = (await File.ReadAllTextAsync(Path.Combine(_folder, "secret"))).TrimEnd();
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(instance.Id));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Port}{path}")
        {
            Headers =
            {
                { "X-Instance-ID", instance.Id },
                { "X-Tenant-ID", instance.ProjectId },
                { "X-Instance-ID-Signature", Convert.ToHexStringLower(signature) },
            },
        };
        using var answer = await client.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>One request on a connection of its own; its status line.</summary>
    public async Task<string> TryOnceAsync(bool toAgent)
    {
        using var socket = toAgent
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (toAgent)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(AgentSocket));
            }
            else
            {
                await socket.ConnectAsync("127.0.0.1", Port);
            }
            await socket.SendAsync(
                "GET /healthcheck HTTP/1.1\r\nHost: stackmeta\r\nConnection: close\r\n\r\n"u8.ToArray()
            );
            var buffer = new byte[4096];
            var length = await socket.ReceiveAsync(buffer);
            return Encoding.ASCII.GetString(buffer, 0, length).Split('\r')[0];
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await StopAsync();
        }
        Systemd.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
