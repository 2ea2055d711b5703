using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Where this process has its listening sockets from: it opens them, or asks one that may (docs/few-rights.md).</summary>
sealed class EdgeSockets : IEndsItself, IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly NamespaceOpener? _opener;
    readonly OpenedSockets? _opened;
    readonly Task _running = Task.CompletedTask;

    EdgeSockets(NamespaceOpener opener) => _opener = opener;

    EdgeSockets(OpenedSockets opened, Supervisor supervisor)
    {
        _opened = opened;
        _running = supervisor.RunAsync("socket broker's client", FollowAsync, _stop.Token);
    }

    async Task FollowAsync(CancellationToken stop)
    {
        await _opened!.RunAsync(stop);
        // It has nothing to do any more once another process serves.
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The sockets.</summary>
    public INamespaceSockets Sockets => (INamespaceSockets?)_opener ?? _opened!;

    /// <summary>Opens for this process, and for another if a user is named; null when an opener elsewhere is asked.</summary>
    public NamespaceOpener? Opener => _opener;

    /// <summary>What packets obey, where this process provides the networks.</summary>
    public AppliedPorts Applied { get; } = new();

    /// <summary>Ends when another process has taken this one's place.</summary>
    public Task Ended => _opener?.Succeeded ?? _opened!.Relieved;

    /// <summary>Whether another process opens, so that this one needs no rights.</summary>
    public static bool AreAsked(SettingValues settings) => settings.Get(KnownSettings.EdgeOpener).Length > 0;

    /// <summary>Takes what an earlier process left.</summary>
    /// <exception cref="EdgeException">The rights are missing, or another process has the place.</exception>
    public static async Task<EdgeSockets> StartAsync(
        SettingValues settings,
        DataFolder folder,
        Supervisor supervisor,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        if (AreAsked(settings))
        {
            return new(
                new OpenedSockets(folder.OpenerSocket, supervisor, time, loggers.CreateLogger<OpenedSockets>()),
                supervisor
            );
        }
        var user = settings.Get(KnownSettings.EdgeUser);
        var options = new OpenerOptions
        {
            SocketPath = folder.OpenerSocket,
            User = user.Length > 0 ? user : null,
            TakeOver = settings.Get(KnownSettings.EdgeTakeOver),
        };
        return new(await NamespaceOpener.StartAsync(options, supervisor, time, loggers, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _opened?.Dispose();
        if (_opener is not null)
        {
            await _opener.DisposeAsync();
        }
        _stop.Dispose();
    }
}
