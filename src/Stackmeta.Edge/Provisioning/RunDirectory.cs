using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>The directory of one edge's running networks, locked while that edge lives.</summary>
sealed class RunDirectory : IDisposable
{
    const UnixFileMode Passable = UnixFileMode.OtherExecute;

    const UnixFileMode PublicDirectory =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    readonly FileStream _lock;

    RunDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    string Networks => NetworksIn(Path);

    /// <exception cref="EdgeException">Another edge has it, it cannot be made, or dnsmasq could not reach its files there.</exception>
    public static RunDirectory Open(string path)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (!Ownership.Fits(path) || !HaproxyConfiguration.IsUsablePath(path))
        {
            throw new EdgeException($"The run directory '{path}' is too long, or has blanks or quotes in its path.");
        }
        try
        {
            Directory.CreateDirectory(path, PublicDirectory);
            CheckPassable(path);
            // Released by the kernel when this process ends, however it ends.
            var @lock = new FileStream(
                System.IO.Path.Combine(path, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
            return new(path, @lock);
        }
        catch (IOException e)
        {
            throw new EdgeException(
                $"Another stackmeta keeps the networks of {path}, or the directory cannot be used: {e.Message}",
                e
            );
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EdgeException($"The run directory {path} cannot be used: {e.Message}", e);
        }
    }

    string Routers => RoutersIn(Path);

    public NetworkFiles FilesOf(Guid network) => new(Networks, network);

    public RouterFiles FilesOfRouter(Guid router) => new(Routers, router);

    /// <summary>The files of a network in the run directory of another process.</summary>
    public static NetworkFiles FilesIn(string path, Guid network) => new(NetworksIn(path), network);

    /// <summary>The files of a router in the run directory of another process.</summary>
    public static RouterFiles RouterFilesIn(string path, Guid router) => new(RoutersIn(path), router);

    static string NetworksIn(string path) => System.IO.Path.Combine(path, "networks");

    static string RoutersIn(string path) => System.IO.Path.Combine(path, "routers");

    /// <summary>Networks that were begun, by this edge or by an earlier one, and not removed.</summary>
    public IReadOnlyList<Guid> FindNetworks() => Find(Networks);

    /// <summary>Routers that were begun and not removed.</summary>
    public IReadOnlyList<Guid> FindRouters() => Find(Routers);

    static List<Guid> Find(string directory)
    {
        var found = new List<Guid>();
        foreach (var path in FileLookup.Exists(directory) ? Directory.EnumerateDirectories(directory) : [])
        {
            if (Guid.TryParse(System.IO.Path.GetFileName(path), out var id))
            {
                found.Add(id);
            }
        }
        return found;
    }

    /// <summary>dnsmasq and haproxy read their files as ordinary users.</summary>
    static void CheckPassable(string path)
    {
        for (var directory = path; directory is not null; directory = System.IO.Path.GetDirectoryName(directory))
        {
            if ((File.GetUnixFileMode(directory) & Passable) == UnixFileMode.None)
            {
                throw new EdgeException(
                    $"dnsmasq and haproxy could not reach their files in {path}: {directory} does not let other users pass. Choose another run directory."
                );
            }
        }
    }

    /// <summary>Gives the lock up; removes the directory if nothing is left in it.</summary>
    public void Dispose()
    {
        DeleteIfEmpty(Networks);
        DeleteIfEmpty(Routers);
        if (FileLookup.Exists(Path) && !FileLookup.Exists(Networks) && !FileLookup.Exists(Routers))
        {
            // Deleted while it is held: who waits for it opens a new one.
            File.Delete(_lock.Name);
            DeleteIfEmpty(Path);
        }
        _lock.Dispose();
    }

    static void DeleteIfEmpty(string directory)
    {
        if (FileLookup.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }
}
