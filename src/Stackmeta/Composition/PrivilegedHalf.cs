using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// What needs root when guests are served by an ordinary user (<c>edge.user</c>): the opener of listening sockets, the networks
/// of the inventory, and the start of the process that serves (docs/few-rights.md). No byte of a guest comes here.
/// </summary>
sealed class PrivilegedHalf : IRunning
{
    static readonly TimeSpan StartLook = TimeSpan.FromMilliseconds(50);

    readonly Owned _owned = new();
    readonly TimeProvider _time;
    readonly CancellationTokenSource _stop = new();
    RunningPath? _networks;
    ServingProcess _serving = null!;
    string? _servingAdminSocket;

    PrivilegedHalf(TimeProvider time) => _time = time;

    /// <summary>Ends when the other half says that its start is over.</summary>
    public Task Started { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string?> FindUnreadyAsync(CancellationToken cancellationToken) =>
        _networks?.FindUnreadyAsync(cancellationToken) ?? Task.FromResult<string?>(null);

    /// <summary>Those of both halves.</summary>
    public IReadOnlyList<string> AdminSockets =>
        _servingAdminSocket is null
            ? _networks?.AdminSockets ?? []
            : [.. _networks?.AdminSockets ?? [], _servingAdminSocket];

    /// <summary>Ends when a successor has taken this one's place, or the other half cannot be made to serve.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Whether the settings want two halves, of which this process is the first.</summary>
    public static bool IsWanted(SettingValues settings) =>
        settings.Get(KnownSettings.EdgeUser).Length > 0 && !EdgeSockets.AreAsked(settings);

    /// <summary>Whether this process is the other half.</summary>
    public static bool IsOther(SettingValues settings) =>
        settings.Get(KnownSettings.EdgeUser).Length > 0 && EdgeSockets.AreAsked(settings);

    /// <summary>The agent's socket for haproxies, whose user can neither come to the data folder nor be given the socket.</summary>
    public static string ProxySocket(DataFolder folder) => Path.Combine(folder.EdgeState, "agent", "metadata_proxy");

    /// <summary>
    /// The settings of this process's admin socket: the first half has the folder that is root's, the other one the place that is set.
    /// </summary>
    public static SettingValues AdminOf(SettingValues settings, DataFolder folder) =>
        IsWanted(settings) && settings.Get(KnownSettings.AdminListen) != AdminSocket.Off
            ? settings.With(KnownSettings.AdminListen, Path.Combine(folder.EdgeState, "admin-privileged.sock"))
            : settings;

    /// <summary>Starts this half, which starts the other.</summary>
    /// <param name="settings">Of both.</param>
    /// <param name="source">Whose networks are served.</param>
    /// <param name="isAllHops">Whether the agent runs in the other half.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="EdgeException">The rights are missing, or there is no such user.</exception>
    /// <exception cref="InventoryException">The inventory cannot be used.</exception>
    public static async Task<PrivilegedHalf> StartAsync(
        SettingValues settings,
        NetworkSource source,
        bool isAllHops,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var half = new PrivilegedHalf(time);
        try
        {
            await half.BeginAsync(settings, source, isAllHops, supervisor, time, loggers, cancellationToken);
            return half;
        }
        catch
        {
            await half.DisposeAsync();
            throw;
        }
    }

    async Task BeginAsync(
        SettingValues settings,
        NetworkSource source,
        bool isAllHops,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var user = settings.Get(KnownSettings.EdgeUser);
        ServingUser.Require(user);
        var folder = DataFolder.Of(settings).Make();
        // Made by root, so that root's own reading of it begins with what nobody else has touched; then the user's.
        InventoryPlace.Of(settings, folder).Open(time).Dispose();
        _ = SharedSecret.ReadOrMake(folder.SharedSecretFile);
        ServingUser.Give(folder.Path, user);
        await ServingUser.RequireReachAsync(folder.Path, user, cancellationToken);
        Directory.CreateDirectory(folder.EdgeState);
        ServingUser.Give(Directory.CreateDirectory(folder.ServingState, DataFolder.Mode).FullName, user);
        List<(Setting Setting, string Text)> told = [(KnownSettings.EdgeOpener, folder.OpenerSocket)];
        if (
            isAllHops
            && source == NetworkSource.Inventory
            && settings.Get(KnownSettings.EdgeProxy) == EdgeProxy.Haproxy
            && settings.Get(KnownSettings.AgentSocket).Length == 0
        )
        {
            // The other half makes the socket and cannot give it to haproxy's user.
            var socket = ProxySocket(folder);
            ProxyUser.MakeFolder(Path.GetDirectoryName(socket)!, user);
            told.AddRange([(KnownSettings.AgentSocket, socket), (KnownSettings.AgentSocketMode, "group")]);
            settings = settings.With(KnownSettings.AgentSocket, socket);
            folder = DataFolder.Of(settings);
        }

        IEndsItself opening;
        if (source == NetworkSource.Inventory)
        {
            opening = _networks = _owned.Add(
                await RunningPath.StartAsync(
                    settings,
                    folder,
                    Hops.Edge,
                    source,
                    supervisor,
                    time,
                    loggers,
                    cancellationToken
                )
            );
        }
        else
        {
            opening = _owned.Add(
                await EdgeSockets.StartAsync(settings, folder, supervisor, time, loggers, cancellationToken)
            );
        }
        _serving = _owned.Add(
            ServingProcess.Start(
                user,
                OwnCommandLine(told),
                ServingEnvironment.Of(Environment.GetEnvironmentVariables()),
                RunningPath.DrainTime * 2,
                supervisor,
                time,
                loggers.CreateLogger<ServingProcess>()
            )
        );
        Ended = EndAsync(opening, _serving);
        _servingAdminSocket = ServingAdminSocket(settings, folder);
        Started = WaitForStartAsync();
    }

    /// <summary>The other half's admin socket; null when it has none.</summary>
    static string? ServingAdminSocket(SettingValues settings, DataFolder folder) =>
        settings.Get(KnownSettings.AdminListen) switch
        {
            AdminSocket.Off => null,
            { Length: > 0 } set => set,
            _ => Path.Combine(folder.ServingState, "admin.sock"),
        };

    /// <summary>Until the other half has started; at once if it cannot be asked.</summary>
    async Task WaitForStartAsync()
    {
        using var pulse = new Pulse(_servingAdminSocket is null ? [] : [_servingAdminSocket]);
        while (await pulse.FindUnstartedAsync(_stop.Token) is not null && !Ended.IsCompleted)
        {
            await Task.Delay(StartLook, _time, _stop.Token);
        }
        if (Ended.IsFaulted)
        {
            await Ended;
        }
    }

    /// <inheritdoc/>
    public Action PrepareReload(SettingValues settings)
    {
        var networks = _networks?.PrepareReload(settings);
        return () =>
        {
            networks?.Invoke();
            _serving.Reload();
        };
    }

    /// <summary>This program with the same arguments, told more.</summary>
    static string[] OwnCommandLine(IEnumerable<(Setting Setting, string Text)> told)
    {
        var arguments = Environment.GetCommandLineArgs();
        var program = Environment.ProcessPath!;
        // `dotnet stackmeta.dll` has the library's name as its first argument.
        string[] start = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, arguments[0]] : [program];
        return
        [
            .. start,
            .. arguments[1..],
            .. told.SelectMany(static one => (string[])["--set", $"{one.Setting.Name}={one.Text}"]),
        ];
    }

    static async Task EndAsync(IEndsItself opening, ServingProcess serving)
    {
        if (await Task.WhenAny(opening.Ended, serving.Failed) == serving.Failed)
        {
            throw new CommandException(
                $"The process that serves the guests ended with exit code {await serving.Failed} each time."
            );
        }
    }

    /// <summary>Ends the other half first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _owned.DisposeAsync();
        _stop.Dispose();
    }
}
