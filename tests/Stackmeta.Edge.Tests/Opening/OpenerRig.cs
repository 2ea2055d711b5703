using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>Namespaces as Neutron names them, an opener, and processes of an ordinary user that serve by its sockets.</summary>
sealed class OpenerRig : IAsyncDisposable
{
    /// <summary>Who serves the guests.</summary>
    public const string User = "nobody";

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("stackmeta-opener-");
    readonly List<Process> _processes = [];

    OpenerRig(IReadOnlyList<ServedNetwork> networks)
    {
        Networks = networks;
        File.SetUnixFileMode(_directory.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
    }

    public IReadOnlyList<ServedNetwork> Networks { get; }

    public string SocketPath => Path.Combine(_directory.FullName, "opener.sock");

    /// <summary>An opener in this process; null while there is none.</summary>
    public NamespaceOpener? Opener { get; private set; }

    /// <summary>Makes the namespaces.</summary>
    public static async Task<OpenerRig> StartAsync(int networks)
    {
        Machine.RequireRoot();
        var made = new List<ServedNetwork>();
        for (var index = 0; index < networks; index++)
        {
            made.Add(await ServedNetwork.CreateAsync());
        }
        return new(made);
    }

    public async Task<NamespaceOpener> OpenAsync(bool takeOver = false) =>
        Opener = await NamespaceOpener.StartAsync(
            new()
            {
                SocketPath = SocketPath,
                User = User,
                TakeOver = takeOver,
            },
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken
        );

    public async Task CloseOpenerAsync()
    {
        if (Opener is { } opener)
        {
            Opener = null;
            await opener.DisposeAsync();
        }
    }

    /// <summary>An opener in a process of its own; returns when it answers.</summary>
    public async Task<Process> StartOpenerAsync(PlayedSystemd? systemd = null)
    {
        string[] command = [Environment.ProcessPath!, ServingRoles.Open, SocketPath, User];
        var process = Start(
            systemd is null ? command : ["/bin/bash", "-c", systemd.CommandLine(command)],
            readsOutput: true
        );
        systemd?.CloseInherited();
        Assert.Equal(
            ServingRoles.Ready,
            await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
        );
        return process;
    }

    /// <summary>A process that serves all networks, as an ordinary user without any capability.</summary>
    public Process Serve() =>
        Start([
            .. RightsOf(User),
            Environment.ProcessPath!,
            ServingRoles.Serve,
            SocketPath,
            .. Networks.Select(network => $"{network.Id}"),
        ]);

    /// <summary>The command that starts the rest of its arguments with a user's rights and no more.</summary>
    public static string[] RightsOf(string user) => UnprivilegedCommand.For(PosixUser.Find(user)!);

    public Process Start(string[] command, bool readsOutput = false)
    {
        var process = new Process
        {
            StartInfo = new(command[0], command[1..])
            {
                UseShellExecute = false,
                RedirectStandardOutput = readsOutput,
                WorkingDirectory = "/",
            },
        };
        process.Start();
        _processes.Add(process);
        return process;
    }

    /// <summary>Returns once the process answers in all networks.</summary>
    public Task WaitUntilServedByAsync(int process) =>
        Task.WhenAll(Networks.Select(network => network.WaitUntilServedByAsync(process)));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
            process.Dispose();
        }
        await CloseOpenerAsync();
        foreach (var network in Networks)
        {
            await network.DisposeAsync();
        }
        _directory.Delete(recursive: true);
    }
}
