using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Inventory;

namespace Stackmeta.Tests.Support.Rig;

/// <summary><c>stackmeta up</c>, or another command that stays, as a process of its own with a data folder of its own.</summary>
sealed class RunningProgram : IAsyncDisposable
{
    /// <summary>How long a start or a stop may take on a busy machine.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly ConcurrentQueue<string> _said;

    RunningProgram(Process process, ConcurrentQueue<string> said, string folder, int apiPort)
    {
        _process = process;
        _said = said;
        Folder = folder;
        ApiPort = apiPort;
    }

    public string Folder { get; }

    public int ApiPort { get; }

    public int ProcessId => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Everything that it has printed.</summary>
    public string Said => string.Join('\n', _said);

    /// <summary>The same, line by line.</summary>
    public IReadOnlyCollection<string> Lines => _said;

    /// <summary>Options that name the folder and the port, for other commands on the same data.</summary>
    public string[] Options => OptionsOf(Folder, ApiPort);

    /// <summary>A folder that the proxies' users may pass through.</summary>
    public static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory(LeftBehind.FolderPrefix);
        folder.UnixFileMode = DataFolder.Mode;
        return folder.FullName;
    }

    public static string[] OptionsOf(string folder, int apiPort) =>
        [
            "--data",
            folder,
            "--set",
            $"api.listen=127.0.0.1:{apiPort}",
            "--set",
            $"agent.api=http://127.0.0.1:{apiPort}",
        ];

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts <c>up</c> and returns when it says that it is ready.</summary>
    public static Task<RunningProgram> StartAsync(string folder, int? apiPort = null, params string[] more)
    {
        var port = apiPort ?? FreePort();
        return RunAsync(folder, port, ["up", .. OptionsOf(folder, port), .. more]);
    }

    /// <summary>The same with a variable in its environment.</summary>
    public static Task<RunningProgram> StartWithAsync(string variable, string folder, int port, params string[] more) =>
        RunAsync(folder, port, ["up", .. OptionsOf(folder, port), .. more], ["env", variable, Checkout.Program]);

    /// <summary>Starts a command that opens no port, such as <c>edge</c>.</summary>
    public static Task<RunningProgram> StartCommandAsync(string folder, params string[] arguments) =>
        RunAsync(folder, 0, [.. arguments, "--data", folder]);

    /// <summary>The same as an ordinary user, without any capability or a way to gain one.</summary>
    public static Task<RunningProgram> StartCommandAsAsync(string user, string folder, params string[] arguments) =>
        RunAsync(
            folder,
            0,
            [Checkout.Program, .. arguments, "--data", folder],
            [
                "setpriv",
                $"--reuid={user}",
                "--regid=nogroup",
                "--clear-groups",
                "--no-new-privs",
                "--bounding-set=-all",
                "--inh-caps=-all",
            ]
        );

    /// <summary>The same with few descriptors, and an environment that differs from the tests' own.</summary>
    public static Task<RunningProgram> StartCommandWithinAsync(
        int descriptors,
        IReadOnlyDictionary<string, string?> environment,
        string folder,
        params string[] arguments
    ) =>
        RunAsync(
            folder,
            0,
            [Checkout.Program, .. arguments, "--data", folder],
            ["prlimit", $"--nofile={descriptors}:{descriptors}"],
            environment
        );

    static Task<RunningProgram> RunAsync(string folder, int port, string[] arguments) =>
        RunAsync(folder, port, arguments, [Checkout.Program]);

    static async Task<RunningProgram> RunAsync(
        string folder,
        int port,
        string[] arguments,
        string[] program,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        var said = new ConcurrentQueue<string>();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program[0], [.. program[1..], .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            process.StartInfo.Environment[name] = value;
        }
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Exited += (_, _) =>
            ready.TrySetException(new InvalidOperationException("It ended: " + string.Join('\n', said)));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var running = new RunningProgram(process, said, folder, port);
        try
        {
            await ready.Task.WaitAsync(Patience);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }

        void Take(string? line)
        {
            if (line is not null)
            {
                said.Enqueue(line);
            }
            if (line == "Ready.")
            {
                ready.TrySetResult();
            }
        }
    }

    /// <summary>The inventory that it runs on, opened a second time by the test.</summary>
    public SqliteInventory OpenInventory() =>
        SqliteInventory.Open(Path.Combine(Folder, "inventory.db"), TimeProvider.System);

    /// <summary>Ends it as an operator does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        return _process.ExitCode;
    }

    /// <summary>Ends it as the kernel does when memory runs out.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (TimeoutException)
        {
            await KillAsync();
            throw;
        }
        finally
        {
            _process.Dispose();
        }
    }
}
