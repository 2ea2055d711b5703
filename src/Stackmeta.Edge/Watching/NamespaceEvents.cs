using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// Tells which names appear and go below <c>/run/netns</c>, by inotify(7). The kernel may have no watch to give: its limits
/// (fs.inotify.max_user_instances, fs.inotify.max_user_watches) are of a user and all his programs. Then whoever uses this has to look.
/// </summary>
/// <param name="appeared">Called on a thread of its own; must not block or throw. Null for who does not care.</param>
/// <param name="gone">The same.</param>
sealed class NamespaceEvents(Action<string>? appeared, Action<string>? gone, ILogger logger) : IDisposable
{
    FileSystemWatcher? _watcher;
    volatile bool _isBroken;

    /// <summary>Whether it is said already that there is no watch.</summary>
    bool _isSaid;

    /// <summary>Watches, if it does not. To be called at the beginning and at each poll, by one thread at a time.</summary>
    /// <returns>Whether something may have happened that nobody told of.</returns>
    public bool Renew()
    {
        if (_watcher is not null && !_isBroken)
        {
            return false;
        }
        Dispose();
        try
        {
            // As `ip netns` makes it (man ip-netns).
            Directory.CreateDirectory(NetworkNamespace.Directory);
            _isBroken = false;
            _watcher = new(NetworkNamespace.Directory) { NotifyFilter = NotifyFilters.FileName };
            _watcher.Created += (_, change) => appeared?.Invoke(change.Name ?? "");
            _watcher.Deleted += (_, change) => gone?.Invoke(change.Name ?? "");
            _watcher.Error += (_, error) => Break(error.GetException());
            _watcher.EnableRaisingEvents = true;
            if (_isSaid)
            {
                _isSaid = false;
                Log.NamespacesWatchedAgain(logger);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Break(e);
        }
        return true;
    }

    void Break(Exception reason)
    {
        _isBroken = true;
        if (!_isSaid)
        {
            _isSaid = true;
            Log.NamespacesNotWatched(logger, reason.Message);
        }
    }

    public void Dispose()
    {
        _watcher?.Dispose();
        _watcher = null;
    }
}
