using Microsoft.Extensions.Logging;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// What needs root when guests are served by an ordinary user (<c>edge.user</c>): the opener of listening sockets, the networks
/// of the inventory, and the start of the process that serves (docs/few-rights.md). No byte of a guest comes here.
/// </summary>
sealed class PrivilegedHalf : IEndsItself, IAsyncDisposable
{
    readonly Owned _owned = new();
    Task _ended = Task.CompletedTask;

    PrivilegedHalf() { }

    /// <summary>Ends when a successor has taken this one's place, or the other half cannot be made to serve.</summary>
    public Task Ended => _ended;

    /// <summary>Whether the settings want two halves, of which this process is the first.</summary>
    public static bool IsWanted(SettingValues settings) =>
        settings.Get(KnownSettings.EdgeUser).Length > 0 && !EdgeSockets.AreAsked(settings);

    /// <summary>The settings of this process's admin socket: in root's folder if it is the first half, since the other has the usual place.</summary>
    public static SettingValues AdminOf(SettingValues settings, DataFolder folder) =>
        IsWanted(settings)
            ? settings.With(KnownSettings.AdminListen, Path.Combine(folder.EdgeState, "admin.sock"))
            : settings;

    /// <summary>Starts this half, which starts the other.</summary>
    /// <param name="settings">Of both.</param>
    /// <param name="source">Whose networks are served.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="EdgeException">The rights are missing, or there is no such user.</exception>
    /// <exception cref="InventoryException">The inventory cannot be used.</exception>
    public static async Task<PrivilegedHalf> StartAsync(
        SettingValues settings,
        NetworkSource source,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var half = new PrivilegedHalf();
        try
        {
            await half.BeginAsync(settings, source, time, loggers, cancellationToken);
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

        IEndsItself opening;
        if (source == NetworkSource.Inventory)
        {
            opening = _owned.Add(
                await RunningPath.StartAsync(settings, folder, Hops.Edge, source, time, loggers, cancellationToken)
            );
        }
        else
        {
            opening = _owned.Add(await EdgeSockets.StartAsync(settings, folder, time, loggers, cancellationToken));
        }
        var serving = _owned.Add(
            ServingProcess.Start(
                user,
                OwnCommandLine(folder),
                RunningPath.DrainTime * 2,
                time,
                loggers.CreateLogger<ServingProcess>()
            )
        );
        _ended = EndAsync(opening, serving);
    }

    /// <summary>This program with the same arguments, told where to ask for sockets.</summary>
    static string[] OwnCommandLine(DataFolder folder)
    {
        var arguments = Environment.GetCommandLineArgs();
        var program = Environment.ProcessPath!;
        // `dotnet stackmeta.dll` has the library's name as its first argument.
        string[] start = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, arguments[0]] : [program];
        return [.. start, .. arguments[1..], "--set", $"{KnownSettings.EdgeOpener.Name}={folder.OpenerSocket}"];
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
    public ValueTask DisposeAsync() => _owned.DisposeAsync();
}
